package import ServingModel
import StepScheduling

/// How the embedded engine is set up.
package struct LlamaConfiguration: Sendable, Equatable {
    /// The name under which the model is served.
    package var model: ModelID
    /// Threads that compute; leave a core to the rest of the process.
    package var threads: Int
    /// The most tokens of one request; nil is what the model was trained for, at most `defaultContextLimit`.
    package var contextTokens: Int?
    /// Cells of the KV cache; nil is twice the context.
    package var cacheTokens: Int?
    package var parallelSequences = 16
    package var prefillBudgetTokens = 512
    package var prefillBudgetSeconds = 0.2
    package var queueRequests = 256

    /// The default context of models that were trained for more.
    package static let defaultContextLimit = 8192
    /// llama.cpp's bound on sequences.
    package static let sequenceLimit = 256
    private static let batchTokens = 512
    private static let cacheLimit = Int(Int32.max) / 256 * 256

    package init(model: ModelID, threads: Int) {
        self.model = model
        self.threads = threads
    }

    func limits(for model: LlamaModel) throws(LlamaError) -> StepLimits {
        let context = contextTokens ?? min(model.trainedContextTokens, Self.defaultContextLimit)
        let cache = max(cacheTokens ?? context * 2, 1)
        guard cache >= context else {
            throw .noContext(reason: "a cache of \(cache) tokens is smaller than the context of \(context) tokens")
        }
        guard cache <= Self.cacheLimit else {
            throw .noContext(reason: "a cache of \(cache) tokens is more than llama.cpp's \(Self.cacheLimit)")
        }
        return StepLimits(
            contextTokens: context, cacheTokens: (cache + 255) / 256 * 256, parallelSequences: parallelSequences,
            parkedSequences: min(Self.sequenceLimit - parallelSequences, parallelSequences * 4),
            batchTokens: Self.batchTokens, prefillBudgetTokens: min(prefillBudgetTokens, Self.batchTokens),
            prefillBudgetSeconds: prefillBudgetSeconds, queueRequests: queueRequests,
            sharesPrefixes: model.sharesPrefixes)
    }
}
