package import ServingModel

/// What a request says of the tokens to generate and of how to report them, whatever the endpoint.
package struct GenerationOptions: Sendable, Equatable {
    /// How a response is sent piece by piece.
    package struct Streaming: Sendable, Equatable {
        /// Whether a last chunk bears the usage.
        package var includesUsage = false
    }

    /// Nil sends the response whole.
    package var streaming: Streaming?
    /// Continuations of each prompt.
    package var choices = 1
    package var sampling = SamplingOptions()
    /// The most tokens to generate; nil if only the context is the limit.
    package var maxTokens: Int?
    package var minTokens = 0
    package var ignoresEndOfSequence = false
    package var stopTokens: [TokenID] = []
    /// Text at which the output ends, before it.
    package var stopStrings: [String] = []
    /// How many of the likeliest tokens to report beside each token's log-probability; nil reports none.
    package var topLogprobs: Int?
    package var constraint: OutputConstraint?

    init() {}

    /// The stop conditions for an engine.
    ///
    /// - Parameter room: how many tokens the prompt leaves in the context: the limit if the request names none. A limit
    ///   of the request's own is kept even if it exceeds the room, so that the engine can refuse it.
    package func stopConditions(room: Int) -> StopConditions {
        var stop = StopConditions(maxTokens: maxTokens ?? room)
        stop.minTokens = minTokens
        stop.ignoresEndOfSequence = ignoresEndOfSequence
        stop.stopTokens = stopTokens
        return stop
    }
}
