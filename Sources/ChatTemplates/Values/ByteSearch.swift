/// Finds bytes in bytes, in linear time.
enum ByteSearch {
    /// Longer needles are searched for by Knuth, Morris and Pratt's algorithm, shorter ones by trying each place.
    private static let longestTried = 32

    /// Where `needle` first stands in `range` of `haystack`.
    static func first(of needle: [UInt8], in haystack: [UInt8], _ range: Range<Int>? = nil) -> Int? {
        let range = range ?? haystack.indices
        guard needle.count <= range.count else { return nil }
        guard let head = needle.first else { return range.lowerBound }
        return haystack.withUnsafeBufferPointer { haystack in
            needle.withUnsafeBufferPointer { needle in
                if needle.count > longestTried {
                    return end(of: needle.count, in: range.count) {
                        needle[$0]
                    } text: {
                        haystack[range.lowerBound + $0]
                    }.map { range.lowerBound + $0 - needle.count }
                }
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
                if needle.count > longestTried {
                    return end(of: needle.count, in: range.count) {
                        needle[needle.count - 1 - $0]
                    } text: {
                        haystack[range.upperBound - 1 - $0]
                    }.map { range.upperBound - $0 }
                }
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

    /// How many bytes of a text of `textCount` have been read when the needle of `count` bytes has first been seen.
    @inline(__always)
    private static func end(
        of count: Int, in textCount: Int, needle: (Int) -> UInt8, text: (Int) -> UInt8
    ) -> Int? {
        // The length of the longest proper prefix of the needle that ends at each of its bytes.
        var borders = [Int](repeating: 0, count: count)
        var matched = 0
        for at in 1..<count {
            while matched > 0, needle(at) != needle(matched) { matched = borders[matched - 1] }
            if needle(at) == needle(matched) { matched += 1 }
            borders[at] = matched
        }
        matched = 0
        for at in 0..<textCount {
            while matched > 0, text(at) != needle(matched) { matched = borders[matched - 1] }
            if text(at) == needle(matched) { matched += 1 }
            if matched == count { return at + 1 }
        }
        return nil
    }
}
