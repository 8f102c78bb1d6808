/// How large the parts of a request may be.
package struct RequestLimits: Sendable, Equatable {
    /// Arrays and objects inside one another, in the whole body.
    package var nestingDepth = 64
    package var messages = 4096
    /// Continuations of one prompt.
    package var choices = 128
    /// Prompts times choices of one completion request.
    package var sequences = 128
    /// Tokens to generate or to choose from; sums of a few such numbers stay far from overflowing.
    package var tokens = Int(Int32.max)
    package var stopStrings = 16
    /// UTF-8 bytes of one stop string.
    package var stopStringBytes = 1024
    package var stopTokens = 64
    package var biasedTokens = 1024
    /// Alternatives reported beside each token.
    package var topLogprobs = 20
    package var tools = 128
    /// Requests of a batch.
    package var batch = 1024
    /// Texts or token arrays that one request embeds, scores or ranks.
    package var embeddedInputs = 2048
    /// Values of a shortened embedding.
    package var dimensions = 65_536
    /// Requests that one request ends.
    package var abortedRequests = 1024
    /// UTF-8 bytes of the name of a request to end.
    package var requestNameBytes = 256
    /// How long workers may be told to wait before they flush their caches.
    package var orderSeconds = 600
    package var profiledActivities = 16

    package init() {}
}
