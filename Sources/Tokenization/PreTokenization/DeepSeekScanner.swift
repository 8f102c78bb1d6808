/// DeepSeek V3's last pattern: `[!-/:-~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|`
/// `\s*[\r\n]+|\s+(?!\S)|\s+`, where the first range means ASCII's punctuation and symbols. What none of it matches
/// (numbers, control characters) is a word as far as the next match.
struct DeepSeekScanner: WordScanner {
    /// Whether each newline is a word, as Spark 2.5 has it: ` ?[\p{P}\p{S}]+|[\r\n]|\s+(?!\S)|\s+`.
    var isolatesNewlines = false

    private static let letters: CharacterClass = [.letter, .mark]
    private static let signs: CharacterClass = [.punctuation, .symbol]

    @inline(__always)
    mutating func wordEnd(_ text: TextView, from position: Int, limit: Int) -> Int {
        var end = position
        while end < limit {
            if let matchEnd = matchEnd(text, from: end, limit: limit) { return end > position ? end : matchEnd }
            end += text.character(at: end, limit: limit).length
        }
        return end
    }

    @inline(__always)
    private func matchEnd(_ text: TextView, from position: Int, limit: Int) -> Int? {
        let character = text.character(at: position, limit: limit)
        let behind = position + character.length
        let isSign = character.kind.isAny(of: Self.signs)
        if isSign, character.scalar < 0x80 {
            let end = asciiLettersEnd(text, from: behind, limit: limit)
            if end > behind { return end }
        }
        if character.kind.isAny(of: Self.letters) { return text.end(of: Self.letters, from: behind, limit: limit) }
        let isNewline = character.scalar == 0x0A || character.scalar == 0x0D
        if !isSign, !isNewline, behind < limit {
            let next = text.character(at: behind, limit: limit)
            if next.kind.isAny(of: Self.letters) {
                return text.end(of: Self.letters, from: behind + next.length, limit: limit)
            }
        }
        var start = behind
        if character.scalar == 0x20, behind < limit {
            let next = text.character(at: behind, limit: limit)
            if next.kind.isAny(of: Self.signs) { start = behind + next.length }
        }
        if isSign || start > behind {
            let end = text.end(of: Self.signs, from: start, limit: limit)
            return isolatesNewlines ? end : text.newlinesEnd(from: end, limit: limit, withSlash: false)
        }
        guard character.kind.isAny(of: .whiteSpace) else { return nil }
        if isolatesNewlines { return isNewline ? behind : text.whiteSpaceEnd(from: position, limit: limit) }
        return text.whiteSpaceEndWithNewlines(from: position, limit: limit)
    }

    @inline(__always)
    private func asciiLettersEnd(_ text: TextView, from position: Int, limit: Int) -> Int {
        var end = position
        while end < limit, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(text.bytes[end] | 0x20) { end += 1 }
        return end
    }
}
