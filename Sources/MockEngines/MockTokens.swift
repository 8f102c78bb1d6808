import ServingModel

/// The tokens of one request's choices.
struct MockTokens {
    private let tokens: MockProfile.Tokens
    private let endTokens: [TokenID]
    private let vocabularySize: Int
    /// What the draws of the request's first choice begin with, and how far those of the next are apart.
    private let seed: UInt64
    private let stride: UInt64

    init(_ request: MockRequest, _ profile: MockProfile) {
        tokens = profile.tokens
        endTokens = profile.endTokens
        vocabularySize = profile.vocabularySize
        var seed: UInt64 = request.isGreedy ? 0 : (request.seed ?? 0) &* 0x1_0001
        if case .drawn(let own) = tokens { seed ^= own }
        for token in request.prompt { seed = seed &* 0x1_0000_01b3 &+ UInt64(UInt32(bitPattern: token.rawValue)) }
        self.seed = seed
        stride = request.isGreedy ? 0 : 1
    }

    /// The token at a place of a choice.
    func token(at place: Int, of choice: Int) -> TokenID {
        if case .list(let tokens) = tokens { return tokens[place % tokens.count] }
        let number = MockNumbers.number(seed: seed &+ stride &* UInt64(choice), at: UInt64(place))
        let token = TokenID(Int32(number % UInt64(vocabularySize)))
        // It ends where it should end, and not by chance.
        return endTokens.contains(token) ? TokenID((token.rawValue + 1) % Int32(vocabularySize)) : token
    }
}
