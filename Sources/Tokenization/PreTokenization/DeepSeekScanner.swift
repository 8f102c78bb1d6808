/// DeepSeek V3's last pattern: `[!-/:-~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|`
/// `\s*[\r\n]+|\s+(?!\S)|\s+`, where the first range means ASCII's punctuation and symbols. What none of it matches
/// (numbers, control characters) is a word as far as the next match.
struct DeepSeekScanner: WordScanner {
    /// Whether `\p{N}{1,3}` and then `[一-龥぀-ゟ゠-ヿ]+` are cut off first, as in all of DeepSeek V3's pre-tokenizer.
    var cutsNumbersAndIdeographs = false
    /// Whether each newline is a word, as Spark 2.5 has it: ` ?[\p{P}\p{S}]+|[\r\n]|\s+(?!\S)|\s+`.
    var isolatesNewlines = false

    private static let letters: CharacterClass = [.letter, .mark]
    private static let signs: CharacterClass = [.punctuation, .symbol]

    /// What the pattern sees the text end before.
    private var ends: CharacterClass { cutsNumbersAndIdeographs ? [.number, .deepSeekIdeograph] : [] }

    @inline(__always)
    mutating func wordEnd(_ text: TextView, from position: Int, limit: Int) -> Int {
        if cutsNumbersAndIdeographs, let end = cutOffEnd(text, from: position, limit: limit) { return end }
        var end = position
        while end < limit {
            if let matchEnd = matchEnd(text, from: end, limit: limit) { return end > position ? end : matchEnd }
            end += text.character(at: end, limit: limit).length
            if end < limit, text.kind(at: end, limit: limit).isAny(of: ends) { return end }
        }
        return end
    }

    func readsBlocks(of text: TextView, limit: Int) -> Bool { cutsNumbersAndIdeographs && !isolatesNewlines }

    @inline(__always)
    func starts(in block: TextBlock) -> UInt64 { block.deepSeekStarts() }

    /// The end of the number or of the ideographs at `position`; nil if there are none.
    @inline(__always)
    private func cutOffEnd(_ text: TextView, from position: Int, limit: Int) -> Int? {
        let character = text.character(at: position, limit: limit)
        var end = position + character.length
        if character.kind.isAny(of: .deepSeekIdeograph) {
            return text.end(of: .deepSeekIdeograph, from: end, limit: limit)
        }
        guard character.kind.isAny(of: .number) else { return nil }
        for _ in 1..<3 where end < limit {
            let next = text.character(at: end, limit: limit)
            guard next.kind.isAny(of: .number) else { break }
            end += next.length
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
        if character.kind.isAny(of: Self.letters) { return end(of: Self.letters, text, from: behind, limit: limit) }
        let isNewline = character.scalar == 0x0A || character.scalar == 0x0D
        if !isSign, !isNewline, let next = self.character(text, at: behind, of: Self.letters, limit: limit) {
            return end(of: Self.letters, text, from: behind + next.length, limit: limit)
        }
        var start = behind
        if character.scalar == 0x20, let next = self.character(text, at: behind, of: Self.signs, limit: limit) {
            start = behind + next.length
        }
        if isSign || start > behind {
            let end = self.end(of: Self.signs, text, from: start, limit: limit)
            return isolatesNewlines ? end : text.newlinesEnd(from: end, limit: limit, withSlash: false)
        }
        guard character.kind.isAny(of: .whiteSpace) else { return nil }
        if isolatesNewlines { return isNewline ? behind : text.whiteSpaceEnd(from: position, limit: limit) }
        return text.whiteSpaceEndWithNewlines(from: position, limit: limit, endsBefore: ends)
    }

    /// The character at `position` if the text does not end there and it has one of the classes `kinds`.
    @inline(__always)
    private func character(
        _ text: TextView, at position: Int, of kinds: CharacterClass, limit: Int
    ) -> TextView.Character? {
        guard position < limit else { return nil }
        let character = text.character(at: position, limit: limit)
        return character.kind.isAny(of: kinds) && !character.kind.isAny(of: ends) ? character : nil
    }

    /// The end of the run of characters with one of the classes `kinds`, from `position` on.
    @inline(__always)
    private func end(of kinds: CharacterClass, _ text: TextView, from position: Int, limit: Int) -> Int {
        var position = position
        while let next = character(text, at: position, of: kinds, limit: limit) { position += next.length }
        return position
    }

    @inline(__always)
    private func asciiLettersEnd(_ text: TextView, from position: Int, limit: Int) -> Int {
        var end = position
        while end < limit, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(text.bytes[end] | 0x20) { end += 1 }
        return end
    }
}
