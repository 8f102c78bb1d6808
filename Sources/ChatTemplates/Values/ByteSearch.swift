/// Finds bytes in bytes.
enum ByteSearch {
    /// Where `needle` first stands in `range` of `haystack`.
    static func first(of needle: [UInt8], in haystack: [UInt8], _ range: Range<Int>? = nil) -> Int? {
        let range = range ?? haystack.indices
        guard needle.count <= range.count else { return nil }
        guard let head = needle.first else { return range.lowerBound }
        return haystack.withUnsafeBufferPointer { haystack in
            needle.withUnsafeBufferPointer { needle in
                for at in range.lowerBound...(range.upperBound - needle.count) where haystack[at] == head {
                    if matches(needle, haystack, at: at) { return at }
                }
                return nil
            }
        }
    }

    /// Where `needle` last stands in `range` of `haystack`.
    static func last(of needle: [UInt8], in haystack: [UInt8], _ range: Range<Int>? = nil) -> Int? {
        let range = range ?? haystack.indices
        guard needle.count <= range.count else { return nil }
        return haystack.withUnsafeBufferPointer { haystack in
            needle.withUnsafeBufferPointer { needle in
                for at in (range.lowerBound...(range.upperBound - needle.count)).reversed()
                where matches(needle, haystack, at: at) {
                    return at
                }
                return nil
            }
        }
    }

    @inline(__always)
    private static func matches(
        _ needle: UnsafeBufferPointer<UInt8>, _ haystack: UnsafeBufferPointer<UInt8>, at position: Int
    ) -> Bool {
        for at in needle.indices where haystack[position + at] != needle[at] { return false }
        return true
    }
}
