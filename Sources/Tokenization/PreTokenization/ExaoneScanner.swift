/// The pattern of EXAONE's mixtures of experts, in which words with single spaces between them are one:
/// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}|`
/// ` ?[^\s\p{L}\p{N}]+[\r\n/]?|\s*[\r\n]|\s+(?!\S)|\s+`.
struct ExaoneScanner: WordScanner {
    mutating func wordEnd(_ text: TextView, from position: Int, limit: Int) -> Int {
        if let end = text.contractionEnd(at: position, limit: limit) { return end }
        let character = text.character(at: position, limit: limit)
        let behind = position + character.length
        if character.kind.isAny(of: .letter) { return lettersEnd(text, from: behind, limit: limit) }
        if character.kind.isAny(of: .number) { return behind }
        if character.scalar != 0x0A, character.scalar != 0x0D, behind < limit {
            let next = text.character(at: behind, limit: limit)
            if next.kind.isAny(of: .letter) {
                return lettersEnd(text, from: behind + next.length, limit: limit)
            }
            if character.scalar == 0x20, !next.kind.isAny(of: [.whiteSpace, .number]) {
                return signsEnd(text, from: behind + next.length, limit: limit)
            }
        }
        if !character.kind.isAny(of: .whiteSpace) { return signsEnd(text, from: behind, limit: limit) }
        return text.whiteSpaceEndWithNewlines(from: position, limit: limit)
    }

    /// The end of the letters of which one has been read.
    private func lettersEnd(_ text: TextView, from position: Int, limit: Int) -> Int {
        var end = position
        while true {
            end = text.end(of: .mark, from: end, limit: limit)
            let start = end < limit && text.bytes[end] == 0x20 ? end + 1 : end
            guard start < limit else { return end }
            let next = text.character(at: start, limit: limit)
            guard next.kind.isAny(of: .letter) else { return end }
            end = start + next.length
        }
    }

    private func signsEnd(_ text: TextView, from position: Int, limit: Int) -> Int {
        let end = text.end(ofNone: [.whiteSpace, .letter, .number], from: position, limit: limit)
        guard end < limit, [0x0A, 0x0D, 0x2F].contains(text.bytes[end]) else { return end }
        return end + 1
    }
}
