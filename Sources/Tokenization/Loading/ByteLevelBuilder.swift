import ServingModel

/// Gathers what a byte-level tokenizer needs of each token while a vocabulary is read.
struct ByteLevelBuilder {
    /// The token of each byte; -1 where there is none.
    private(set) var byteTokens = [Int32](repeating: -1, count: 256)
    /// Tokens that a whole word may become.
    private(set) var wordTokens: [TokenID] = []

    /// What a token adds to a text, from its spelling: added tokens are spelt as they are, others in GPT-2's alphabet.
    mutating func text(of token: TokenID, _ spelling: some Collection<UInt8>, _ kind: TokenKind) -> [UInt8] {
        guard kind == .normal, let text = ByteAlphabet.decode(spelling) else { return Array(spelling) }
        if text.count == 1 { byteTokens[Int(text[0])] = token.rawValue }
        wordTokens.append(token)
        return text
    }
}
