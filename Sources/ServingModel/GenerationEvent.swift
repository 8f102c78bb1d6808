/// What an engine reports of a request. A request's events come in order:
/// `started`, then for each choice its tokens and its `finished`, and after the last `finished` nothing;
/// or `failed` at any point, and nothing after it.
package enum GenerationEvent: Sendable {
    /// The prompt has been processed.
    case started(RequestID, PromptReport)
    case token(RequestID, choice: Int, GeneratedToken)
    case finished(RequestID, choice: Int, FinishReason)
    case failed(RequestID, EngineError)
    /// The answer to an `EmbeddingRequest`: the vector, and the only event of it.
    case embedded(RequestID, [Float])

    /// The request that it is of.
    package var request: RequestID {
        switch self {
        case .started(let request, _), .token(let request, _, _), .finished(let request, _, _),
            .failed(let request, _), .embedded(let request, _):
            request
        }
    }
}

/// What became of a prompt.
package struct PromptReport: Sendable, Equatable {
    /// Prompt tokens that did not have to be processed because their KV was at hand.
    package var cachedTokens: Int
    /// One entry a prompt token when they were asked for; the first token's is nil.
    package var logprobs: [TokenLogprobs?]

    package init(cachedTokens: Int, logprobs: [TokenLogprobs?] = []) {
        self.cachedTokens = cachedTokens
        self.logprobs = logprobs
    }
}

package struct GeneratedToken: Sendable {
    package let id: TokenID
    /// Present when they were asked for.
    package let logprobs: TokenLogprobs?

    package init(id: TokenID, logprobs: TokenLogprobs? = nil) {
        self.id = id
        self.logprobs = logprobs
    }
}

/// Natural logarithms of probabilities under the model's own distribution, before sampling options.
package final class TokenLogprobs: Sendable, Equatable {
    package let logprob: Float
    /// The likeliest tokens at this position, likeliest first.
    package let top: [(id: TokenID, logprob: Float)]

    package init(logprob: Float, top: [(id: TokenID, logprob: Float)]) {
        self.logprob = logprob
        self.top = top
    }

    package static func == (left: TokenLogprobs, right: TokenLogprobs) -> Bool {
        left.logprob == right.logprob && left.top.elementsEqual(right.top, by: ==)
    }
}

/// Why a generation ended of itself.
package enum FinishReason: Sendable, Equatable {
    /// The model ended it: an end-of-sequence token, or one of the request's stop tokens (which is not reported as a
    /// token).
    case stop(TokenID)
    /// `maxTokens` were generated, or the context is full.
    case length
    /// The output constraint allows nothing more.
    case constraintComplete
}

/// Why an engine did not do what it was asked.
package enum EngineError: Error, Equatable, Sendable {
    /// The request cannot be served by this engine at all: the field at fault, and why.
    case invalid(field: String, reason: String)
    /// Prompt and completion need more tokens than the context has.
    case contextExceeded(promptTokens: Int, contextTokens: Int)
    /// The waiting queue is full.
    case queueFull(limit: Int)
    /// The request waited until its deadline.
    case deadlinePassed
    /// The engine is shutting down.
    case stopping
    /// There is no connection to the engine to be had: it has seen nothing of the request.
    case unreachable(String)
    /// The engine cannot serve at present, or was lost. Another one may serve the request if nothing of it was delivered.
    case unavailable(String)
    /// The engine itself failed.
    case broken(String)
}

extension EngineError {
    /// What only an operator can do something about; nil if the client is told everything.
    package var cause: String? {
        switch self {
        case .unreachable(let cause), .unavailable(let cause), .broken(let cause): cause
        case .invalid, .contextExceeded, .queueFull, .deadlinePassed, .stopping: nil
        }
    }
}
