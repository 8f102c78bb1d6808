/// The pattern of cl100k, Llama 3, Qwen and others:
/// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|`
/// `\s*[\r\n]+|\s+(?!\S)|\s+`.
struct CL100KScanner: WordScanner {
    /// The most digits in a word.
    var digits = 3
    var hasContractions = true
    /// Whether marks belong to the letters around them: `[\p{L}\p{M}]+` and `[^\s\p{L}\p{M}\p{N}]+`.
    var joinsMarks = false
    /// Whether a word of punctuation ends before a newline instead of taking newlines along.
    var endsPunctuationAtNewline = false
    /// Whether all white space at the end of a text is one word, as tiktoken's cl100k has it: `\s++$` before newlines.
    var takesFinalWhiteSpace = false

    @inline(__always)
    mutating func wordEnd(_ text: TextView, from position: Int, limit: Int) -> Int {
        if hasContractions, let end = text.contractionEnd(at: position, limit: limit) { return end }
        let letters: CharacterClass = joinsMarks ? [.letter, .mark] : .letter
        let character = text.character(at: position, limit: limit)
        let behind = position + character.length
        if character.kind.isAny(of: letters) { return text.end(of: letters, from: behind, limit: limit) }
        if character.kind.isAny(of: .number) { return numberEnd(text, from: behind, limit: limit) }
        let isNewline = character.scalar == 0x0A || character.scalar == 0x0D
        if !isNewline, behind < limit {
            let next = text.character(at: behind, limit: limit)
            if next.kind.isAny(of: letters) {
                return text.end(of: letters, from: behind + next.length, limit: limit)
            }
            if character.scalar == 0x20, !next.kind.isAny(of: [.whiteSpace, .number]) {
                return punctuationEnd(text, from: behind + next.length, limit: limit, letters: letters)
            }
        }
        if !character.kind.isAny(of: .whiteSpace) {
            return punctuationEnd(text, from: behind, limit: limit, letters: letters)
        }
        if takesFinalWhiteSpace, text.end(of: .whiteSpace, from: behind, limit: limit) == limit { return limit }
        return text.whiteSpaceEndWithNewlines(from: position, limit: limit)
    }

    /// A block does not show whether its white space goes on to the end of the text.
    func readsBlocks(of text: TextView, limit: Int) -> Bool {
        guard digits == 1 || digits == 3 || digits == .max else { return false }
        return !takesFinalWhiteSpace || limit == 0
            || !text.kind(at: text.characterStart(before: limit), limit: limit).isAny(of: .whiteSpace)
    }

    @inline(__always)
    func starts(in block: TextBlock) -> UInt64 { block.cl100kStarts(self) }

    /// The end of a number of which one character has been read.
    @inline(__always)
    private func numberEnd(_ text: TextView, from position: Int, limit: Int) -> Int {
        var end = position
        var count = 1
        while end < limit, count < digits {
            let character = text.character(at: end, limit: limit)
            guard character.kind.isAny(of: .number) else { break }
            end += character.length
            count += 1
        }
        return end
    }

    @inline(__always)
    private func punctuationEnd(
        _ text: TextView, from position: Int, limit: Int, letters: CharacterClass
    ) -> Int {
        let end = text.end(ofNone: letters.union([.whiteSpace, .number]), from: position, limit: limit)
        return endsPunctuationAtNewline ? end : text.newlinesEnd(from: end, limit: limit, withSlash: false)
    }
}
