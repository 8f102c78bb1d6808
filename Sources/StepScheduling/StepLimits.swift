/// The bounds that a scheduler keeps.
package struct StepLimits: Sendable, Equatable {
    /// The most tokens of one request, prompt and completion together.
    package var contextTokens: Int
    /// Cells of the KV cache.
    package var cacheTokens: Int
    /// The most sequences that run at once.
    package var parallelSequences: Int
    /// The most finished sequences whose KV is kept for their prefixes.
    package var parkedSequences: Int
    /// The most tokens of one step.
    package var batchTokens: Int
    /// The most prompt tokens of a step that decodes too.
    package var prefillBudgetTokens: Int
    /// About how long the prompt tokens of a step that decodes too may take: this bounds what a long prompt adds to the
    /// time between two tokens of a running stream.
    package var prefillBudgetSeconds: Double
    /// The most prompt tokens of a step whose every logits row is wanted (each row is as long as the vocabulary).
    package var logprobRows = 32
    /// The most requests that wait.
    package var queueRequests: Int
    /// Whether a sequence's KV can be shared by prefix; false for models with a recurrent state.
    package var sharesPrefixes: Bool

    /// Cells kept free of admissions so that running sequences can grow.
    var watermark: Int { max(cacheTokens / 64, 1) }

    package init(
        contextTokens: Int, cacheTokens: Int, parallelSequences: Int, parkedSequences: Int, batchTokens: Int,
        prefillBudgetTokens: Int, prefillBudgetSeconds: Double = .infinity, queueRequests: Int, sharesPrefixes: Bool
    ) {
        precondition(contextTokens >= 1 && cacheTokens >= contextTokens, "one request must fit into the cache")
        precondition(parallelSequences >= 1 && batchTokens >= parallelSequences, "a step decodes every sequence")
        precondition(
            prefillBudgetTokens >= 1 && prefillBudgetSeconds > 0 && queueRequests >= 0 && parkedSequences >= 0,
            "limits are positive")
        self.contextTokens = contextTokens
        self.cacheTokens = cacheTokens
        self.parallelSequences = parallelSequences
        self.parkedSequences = sharesPrefixes ? parkedSequences : 0
        self.batchTokens = batchTokens
        self.prefillBudgetTokens = prefillBudgetTokens
        self.prefillBudgetSeconds = prefillBudgetSeconds
        self.queueRequests = queueRequests
        self.sharesPrefixes = sharesPrefixes
    }
}
