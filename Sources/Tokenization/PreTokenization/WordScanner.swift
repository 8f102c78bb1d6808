/// Cuts a text into the words that are tokenized one by one.
///
/// The patterns that models name are regular expressions; each scanner is one family of them, written by hand so that
/// it reads each byte a small, fixed number of times whatever the text is.
protocol WordScanner {
    /// Gets ready for the text that ends at `limit`; what follows it is not looked at.
    mutating func begin(limit: Int)
    /// The end of the word that begins at `position`, which is below the limit; beyond `position`.
    mutating func wordEnd(_ text: TextView, from position: Int, limit: Int) -> Int
    /// Whether `starts` finds the words of the text that ends at `limit`.
    func readsBlocks(of text: TextView, limit: Int) -> Bool
    /// Where words begin in a block that begins with a word: those of which no text behind the block can change that.
    func starts(in block: TextBlock) -> UInt64
}

extension WordScanner {
    mutating func begin(limit: Int) {}
    func readsBlocks(of text: TextView, limit: Int) -> Bool { false }
    func starts(in block: TextBlock) -> UInt64 { 0 }
}

extension TextView {
    /// The end of the white space at `position` as `\s+(?!\S)|\s+` takes it: a run before other text leaves its last
    /// character to that text unless it is the only one. The text also ends before the classes `ends`.
    @inline(__always)
    func whiteSpaceEnd(from position: Int, limit: Int, endsBefore ends: CharacterClass = []) -> Int {
        var last = position
        var end = position
        while end < limit {
            let character = character(at: end, limit: limit)
            guard character.kind.isAny(of: .whiteSpace) else {
                if character.kind.isAny(of: ends) { return end }
                break
            }
            last = end
            end += character.length
        }
        return end == limit || last == position ? end : last
    }

    /// The end of the white space at `position` as `\s*[\r\n]+|\s+(?!\S)|\s+` takes it. The text also ends before the
    /// classes `ends`.
    @inline(__always)
    func whiteSpaceEndWithNewlines(from position: Int, limit: Int, endsBefore ends: CharacterClass = []) -> Int {
        var last = position
        var end = position
        var behindNewline = position
        var isAtEnd = false
        while end < limit {
            let character = character(at: end, limit: limit)
            guard character.kind.isAny(of: .whiteSpace) else {
                isAtEnd = character.kind.isAny(of: ends)
                break
            }
            last = end
            end += character.length
            if character.scalar == 0x0A || character.scalar == 0x0D { behindNewline = end }
        }
        if behindNewline > position { return behindNewline }
        return isAtEnd || end == limit || last == position ? end : last
    }

    /// The end of `[\r\n]*` at `position`, and of `[\r\n/]*` with the slash.
    @inline(__always)
    func newlinesEnd(from position: Int, limit: Int, withSlash: Bool) -> Int {
        var end = position
        while end < limit {
            let byte = bytes[end]
            guard byte == 0x0A || byte == 0x0D || withSlash && byte == 0x2F else { break }
            end += 1
        }
        return end
    }

    /// The end of `(?i:'s|'t|'re|'ve|'m|'ll|'d)` if it matches at `position`, which is below the limit.
    ///
    /// The long s (U+017F) is an s when case is ignored.
    @inline(__always)
    func contractionEnd(at position: Int, limit: Int) -> Int? {
        guard bytes[position] == 0x27, position + 1 < limit else { return nil }
        let first = bytes[position + 1]
        if first == 0xC5, position + 2 < limit, bytes[position + 2] == 0xBF { return position + 3 }
        return contractionEnd(at: position, limit: limit, first: first | 0x20, caseMask: 0x20)
    }

    /// The end of `'s|'t|'re|'ve|'m|'ll|'d` if it matches at `position`, which is below the limit.
    @inline(__always)
    func lowercaseContractionEnd(at position: Int, limit: Int) -> Int? {
        guard bytes[position] == 0x27, position + 1 < limit else { return nil }
        return contractionEnd(at: position, limit: limit, first: bytes[position + 1], caseMask: 0)
    }

    @inline(__always)
    private func contractionEnd(at position: Int, limit: Int, first: UInt8, caseMask: UInt8) -> Int? {
        switch first {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return position + 2
        case UInt8(ascii: "r"), UInt8(ascii: "v"), UInt8(ascii: "l"):
            guard position + 2 < limit else { return nil }
            let second: UInt8 = first == UInt8(ascii: "l") ? UInt8(ascii: "l") : UInt8(ascii: "e")
            return bytes[position + 2] | caseMask == second ? position + 3 : nil
        default: return nil
        }
    }
}
