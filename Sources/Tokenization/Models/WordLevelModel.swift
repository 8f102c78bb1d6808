import ServingModel

/// Whole words as tokens: `WordLevel` in `tokenizer.json`.
struct WordLevelModel: Sendable {
    let spellings: SpellingTable
    /// The token of words that are none; left out if nil.
    let unknown: TokenID?

    func encode(_ word: UnsafeBufferPointer<UInt8>, into tokens: inout [TokenID]) {
        if let token = spellings[word] {
            tokens.append(TokenID(token))
        } else if let unknown {
            tokens.append(unknown)
        }
    }
}
