/// Tokens to continue, and how: what crosses the boundary to an engine.
package struct GenerationRequest: Sendable, Equatable {
    package let id: RequestID
    /// At least one token.
    package var prompt: [TokenID]
    /// How many continuations to generate from the one prompt; at least 1. Choice `i` draws with `seed + i`.
    package var choices: Int = 1
    package var sampling = SamplingOptions()
    package var stop: StopConditions
    /// How many of the likeliest tokens to report beside each generated token's log-probability; nil reports none.
    package var topLogprobs: Int?
    /// Whether the prompt's own tokens are reported with their log-probabilities too.
    package var reportsPromptLogprobs = false
    package var constraint: OutputConstraint?
    /// When the constraint begins to hold; nil is with the first token.
    package var constraintTrigger: ConstraintTrigger?
    /// Whether events are wanted as they come; else an engine may hand out all of them at the end.
    package var isStreamed = true
    /// The request fails with `deadlinePassed` if it has not begun to run by then.
    package var queueDeadline: Moment?

    package init(id: RequestID, prompt: [TokenID], stop: StopConditions) {
        self.id = id
        self.prompt = prompt
        self.stop = stop
    }
}
