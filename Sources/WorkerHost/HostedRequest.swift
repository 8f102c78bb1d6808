import ServingModel

/// A Generate request as the engine is asked, with what the engine need not know.
struct HostedRequest {
    /// The client's name for it; clients may use one for several.
    var wireID: String
    var generation: GenerationRequest
    /// How many of the likeliest tokens the client sees beside each generated one; nil shows no log-probabilities.
    var topLogprobs: Int?
    /// The same for the prompt's.
    var topPromptLogprobs: Int?
    /// Texts that end a choice. The engine knows tokens only, so they are looked for on the way out.
    var stopTexts: [String] = []
    /// Whether control tokens count as their names where stop texts are looked for.
    var showsControlTokens = false
}
