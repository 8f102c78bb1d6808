/// What becomes of characters before text is tokenized, as SentencePiece compiles it into its models: a trie of texts,
/// and their replacements.
///
/// The format is that of `precompiled_charsmap`: the size of the trie in bytes, four of them little-endian; the trie,
/// a double array of Darts-clone (github.com/s-yata/darts-clone); the replacements, each with a zero behind it.
struct PrecompiledCharacterMap: Sendable {
    struct Match {
        /// Bytes of the text that are replaced.
        let length: Int
        /// What replaces them, as a range of `replacements`.
        let replacement: Range<Int>
    }

    private let units: [UInt32]
    let replacements: [UInt8]

    init(_ blob: [UInt8]) throws(TokenizationError) {
        guard blob.count > 4 else { throw .malformed("the character map is cut short") }
        let size = Int(Self.integer(blob, at: 0))
        guard size > 0, size % 4 == 0, size <= blob.count - 4 else {
            throw .malformed("the character map's trie is larger than the map")
        }
        units = (0..<size / 4).map { Self.integer(blob, at: 4 + 4 * $0) }
        // The last replacement ends with a zero too; a map that lacks it gets it.
        replacements = blob[(4 + size)...] + [0]
    }

    private static func integer(_ bytes: [UInt8], at offset: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
    }

    /// The longest text of the map that begins at `position`, as SentencePiece replaces it.
    func longestMatch(_ text: UnsafeBufferPointer<UInt8>, from position: Int) -> Match? {
        var longest: Match?
        walk(text, from: position) { match in
            longest = match
            return true
        }
        return longest
    }

    /// The shortest text of the map that begins at `position`.
    func shortestMatch(_ text: UnsafeBufferPointer<UInt8>, from position: Int) -> Match? {
        var shortest: Match?
        walk(text, from: position) { match in
            shortest = match
            return false
        }
        return shortest
    }

    /// Shows each text of the map that begins at `position`, the shortest first, as long as `next` is true.
    @inline(__always)
    private func walk(_ text: UnsafeBufferPointer<UInt8>, from position: Int, _ next: (Match) -> Bool) {
        var index = Self.offset(units[0])
        var at = position
        while at < text.count, text[at] != 0 {
            index ^= Int(text[at])
            guard index < units.count, Self.label(units[index]) == UInt32(text[at]) else { return }
            let unit = units[index]
            index ^= Self.offset(unit)
            at += 1
            guard index < units.count else { return }
            if Self.hasLeaf(unit), let replacement = replacement(Int(units[index] & 0x7FFF_FFFF)) {
                guard next(Match(length: at - position, replacement: replacement)) else { return }
            }
        }
    }

    private func replacement(_ start: Int) -> Range<Int>? {
        guard start < replacements.count else { return nil }
        var end = start
        while end < replacements.count, replacements[end] != 0 { end += 1 }
        return start..<end
    }

    private static func hasLeaf(_ unit: UInt32) -> Bool { unit >> 8 & 1 == 1 }
    /// Units that hold a value have the highest bit, so that they are no byte's.
    private static func label(_ unit: UInt32) -> UInt32 { unit & 0x8000_00FF }
    private static func offset(_ unit: UInt32) -> Int { Int(unit >> 10) << Int((unit & 1 << 9) >> 6) }
}
