/// GPT-2's pattern: `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
struct GPT2Scanner: WordScanner {
    /// Whether numbers are first cut off, each character by itself, as SmolLM and StarCoder do.
    var isolatesDigits = false

    @inline(__always)
    mutating func wordEnd(_ text: TextView, from position: Int, limit: Int) -> Int {
        if let end = text.lowercaseContractionEnd(at: position, limit: limit) { return end }
        let number: CharacterClass = isolatesDigits ? [.number, .newerNumber] : .number
        var start = position
        var character = text.character(at: position, limit: limit)
        if isolatesDigits, character.kind.isAny(of: number) { return position + character.length }
        if character.scalar == 0x20, position + 1 < limit {
            let next = text.character(at: position + 1, limit: limit)
            if !next.kind.isAny(of: isolatesDigits ? [.whiteSpace, .number, .newerNumber] : .whiteSpace) {
                start += 1
                character = next
            }
        }
        let behind = start + character.length
        if character.kind.isAny(of: .letter) { return text.end(of: .letter, from: behind, limit: limit) }
        if character.kind.isAny(of: number) { return text.end(of: number, from: behind, limit: limit) }
        if !character.kind.isAny(of: .whiteSpace) {
            return text.end(ofNone: number.union([.whiteSpace, .letter]), from: behind, limit: limit)
        }
        return text.whiteSpaceEnd(
            from: position, limit: limit, endsBefore: isolatesDigits ? [.number, .newerNumber] : [])
    }

    func readsBlocks(of text: TextView, limit: Int) -> Bool { true }

    @inline(__always)
    func starts(in block: TextBlock) -> UInt64 { block.gpt2Starts(isolatesDigits: isolatesDigits) }
}
