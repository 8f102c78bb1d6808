package import ServingModel

/// What a `ScriptedEngine` makes of one request.
package struct Script: Sendable {
    package enum Failure: Sendable {
        /// Instead of `started`.
        case beforeStart(EngineError)
        /// In the step after this many tokens a choice.
        case afterTokens(Int, EngineError)
    }

    /// The tokens of each choice; choices beyond repeat them. Nil draws them from prompt and seed.
    package var tokens: [[TokenID]]?
    /// How a choice ends when its tokens are used up.
    package var end: FinishReason
    package var failure: Failure?
    /// Whether the request is never begun.
    package var isIgnored = false
    package var cachedTokens = 0

    package init(
        tokens: [[TokenID]]? = nil, end: FinishReason = .stop(TokenID(0)), failure: Failure? = nil,
        isIgnored: Bool = false, cachedTokens: Int = 0
    ) {
        self.tokens = tokens
        self.end = end
        self.failure = failure
        self.isIgnored = isIgnored
        self.cachedTokens = cachedTokens
    }

    /// The token at a place of a choice's output; nil when the script has ended.
    func token(at place: Int, of choice: Int, _ request: GenerationRequest, vocabularySize: Int) -> TokenID? {
        if let tokens {
            let own = tokens.isEmpty ? [] : tokens[choice % tokens.count]
            return place < own.count ? own[place] : nil
        }
        let isGreedy = request.sampling.temperature == 0
        var seed = isGreedy ? 0 : (request.sampling.seed ?? 0) &+ UInt64(choice)
        for token in request.prompt { seed = seed &* 31 &+ UInt64(UInt32(bitPattern: token.rawValue)) }
        var generator = SeededGenerator(seed: seed &+ UInt64(place) &* 0x1_0000)
        return TokenID(Int32(generator.next() % UInt64(vocabularySize)))
    }
}
