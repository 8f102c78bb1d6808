package import ServingModel

/// What one message says of one choice.
package struct GenerationPart: Sendable {
    /// Why a choice ended, in the engines' words.
    package enum End: Sendable, Equatable {
        /// By itself, at one of the request's stop tokens or at a stop string.
        case stop(matching: Match?)
        case length
        case abort
    }

    package enum Match: Sendable, Equatable {
        case token(TokenID)
        case text(String)
    }

    package var choice: Int
    package var tokens: [TokenID]
    /// Of the first of the tokens, or of none; the token that ends a choice may have none.
    package var logprobs: [TokenLogprobs]
    /// What the engine counts as the completion's tokens in this message.
    package var completionTokens: Int
    package var cachedTokens: Int

    package init(
        choice: Int, tokens: [TokenID] = [], logprobs: [TokenLogprobs] = [], completionTokens: Int,
        cachedTokens: Int = 0
    ) {
        self.choice = choice
        self.tokens = tokens
        self.logprobs = logprobs
        self.completionTokens = completionTokens
        self.cachedTokens = cachedTokens
    }
}
