/// The pattern of o200k, Tekken and others, which cuts words where their case changes:
/// `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|`
/// `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|`
/// `\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`.
struct O200KScanner: WordScanner {
    /// The most digits in a word.
    var digits = 3
    /// Whether a contraction belongs to the word before it.
    var hasContractions = true

    /// Whether runs of Han characters are words of their own, and no letters to the other patterns, as Kimi K2 has it:
    /// `\p{Han}+|` first, `&&[^\p{Han}]` in every class of letters, and `[\r\n]*` without the slash.
    var separatesHan = false

    private static let upper: CharacterClass = [.upper, .otherLetter, .mark]
    private static let lower: CharacterClass = [.lower, .otherLetter, .mark]

    @inline(__always)
    mutating func wordEnd(_ text: TextView, from position: Int, limit: Int) -> Int {
        let character = text.character(at: position, limit: limit)
        if separatesHan, character.kind.isAny(of: .han) {
            return text.end(of: .han, from: position + character.length, limit: limit)
        }
        if let end = letterWordEnd(text, from: position, character, limit: limit) {
            guard hasContractions, end < limit else { return end }
            return text.contractionEnd(at: end, limit: limit) ?? end
        }
        let behind = position + character.length
        if character.kind.isAny(of: .number) {
            var end = behind
            var count = 1
            while end < limit, count < digits {
                let next = text.character(at: end, limit: limit)
                guard next.kind.isAny(of: .number) else { break }
                end += next.length
                count += 1
            }
            return end
        }
        var start = behind
        if character.scalar == 0x20, behind < limit {
            let next = text.character(at: behind, limit: limit)
            if !next.kind.isAny(of: [.whiteSpace, .letter, .number]) { start = behind + next.length }
        }
        if start > behind || !character.kind.isAny(of: .whiteSpace) {
            let end = text.end(ofNone: [.whiteSpace, .letter, .number], from: start, limit: limit)
            return text.newlinesEnd(from: end, limit: limit, withSlash: !separatesHan)
        }
        return text.whiteSpaceEndWithNewlines(from: position, limit: limit)
    }

    /// The end of the two patterns of letters, before a contraction; the first that matches, as a regex tries them:
    /// each first with a character before the letters, then without.
    @inline(__always)
    private func letterWordEnd(
        _ text: TextView, from position: Int, _ character: TextView.Character, limit: Int
    ) -> Int? {
        let behind = position + character.length
        let mayPrecede =
            !character.kind.isAny(of: [.letter, .number]) && character.scalar != 0x0A && character.scalar != 0x0D
        let isLetter = character.kind.isAny(of: [.letter, .mark])
        if mayPrecede {
            if behind < limit, let end = lowerWordEnd(text, from: behind, limit: limit) { return end }
        }
        if isLetter, let end = lowerWordEnd(text, from: position, limit: limit) { return end }
        if mayPrecede {
            let end = upperWordEnd(text, from: behind, limit: limit)
            if end > behind { return end }
        }
        guard isLetter else { return nil }
        let end = upperWordEnd(text, from: position, limit: limit)
        return end > position ? end : nil
    }

    /// `upper*lower+`. Where nothing lower follows the uppers, the last of them that is lower too ends the match.
    @inline(__always)
    private func lowerWordEnd(_ text: TextView, from position: Int, limit: Int) -> Int? {
        var end = position
        var behindLastLower: Int?
        while end < limit {
            let character = text.character(at: end, limit: limit)
            guard isOne(of: Self.upper, character.kind) else { break }
            end += character.length
            if character.kind.isAny(of: Self.lower) { behindLastLower = end }
        }
        let behind = self.end(text, of: Self.lower, from: end, limit: limit)
        return behind > end ? behind : behindLastLower
    }

    /// `upper+lower*`, or `position` if it does not match.
    @inline(__always)
    private func upperWordEnd(_ text: TextView, from position: Int, limit: Int) -> Int {
        let end = self.end(text, of: Self.upper, from: position, limit: limit)
        return end == position ? position : self.end(text, of: Self.lower, from: end, limit: limit)
    }

    @inline(__always)
    private func end(_ text: TextView, of kinds: CharacterClass, from position: Int, limit: Int) -> Int {
        var end = position
        while end < limit {
            let character = text.character(at: end, limit: limit)
            guard isOne(of: kinds, character.kind) else { break }
            end += character.length
        }
        return end
    }

    @inline(__always)
    private func isOne(of kinds: CharacterClass, _ kind: CharacterClass) -> Bool {
        kind.isAny(of: kinds) && !(separatesHan && kind.isAny(of: .han))
    }
}
