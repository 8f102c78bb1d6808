/// How the next token is chosen from the logits.
///
/// They apply in this order: `logitBias`, the penalties, `temperature`, `topK`, `minP`, `topP`.
package struct SamplingOptions: Sendable, Equatable {
    /// 0 takes the likeliest token; above 0 divides the logits.
    package var temperature: Float = 1
    /// Keeps the smallest set of tokens whose probabilities reach this sum; 1 keeps all. In (0, 1].
    package var topP: Float = 1
    /// Keeps this many of the likeliest tokens; nil keeps all. At least 1.
    package var topK: Int?
    /// Keeps tokens at least this fraction as likely as the likeliest; 0 keeps all. In [0, 1].
    package var minP: Float = 0
    /// Subtracted once for each time that a token was generated.
    package var frequencyPenalty: Float = 0
    /// Subtracted if a token was generated at all.
    package var presencePenalty: Float = 0
    /// Divides positive and multiplies negative logits of tokens in the prompt or the output; 1 changes nothing.
    package var repetitionPenalty: Float = 1
    /// Added to the logits of these tokens.
    package var logitBias: [TokenID: Float] = [:]
    /// The same seed gives the same choices for the same logits; nil draws one.
    package var seed: UInt64?

    package init() {}
}

/// When a generation ends.
package struct StopConditions: Sendable, Equatable {
    /// The most tokens to generate; 0 only processes the prompt.
    package var maxTokens: Int
    /// End-of-sequence and stop tokens cannot be chosen before this many tokens.
    package var minTokens: Int = 0
    /// End-of-sequence tokens are ordinary tokens.
    package var ignoresEndOfSequence = false
    /// Tokens that end the generation as the model's own end-of-sequence tokens do.
    package var stopTokens: [TokenID] = []

    package init(maxTokens: Int) { self.maxTokens = maxTokens }
}
