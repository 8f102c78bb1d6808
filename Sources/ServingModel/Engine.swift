/// Something that turns tokens into tokens: the embedded engine, or a remote one.
///
/// All verbs may be called from any thread and return without waiting for the engine. `EngineConformance` in
/// `ServingTesting` holds what every implementation must do.
package protocol Engine: AnyObject, Sendable {
    /// What it serves; constant.
    var card: EngineCard { get }

    /// Begins a request. Everything that comes of it, an error too, arrives at the consumer.
    func submit(_ request: GenerationRequest, to consumer: any EventConsumer)

    /// Begins an embedding. Engines that have none answer with `invalid`.
    func embed(_ request: EmbeddingRequest, to consumer: any EventConsumer)

    /// Ends one choice of a request, or all of it. It costs no engine time after the current step, and no event of it
    /// follows once the consumer has seen the batch of that step. Unknown requests are ignored.
    func cancel(_ request: RequestID, choice: Int?)

    /// Stops generating for a request whose client cannot keep up, or goes on; what it has computed is kept.
    func setPaused(_ request: RequestID, _ isPaused: Bool)

    /// Load and counters, as of the last step.
    func snapshot() -> WorkerSnapshot

    /// Refuses new requests with `stopping`, ends those that still run, and returns when the engine has stopped.
    func shutDown() async
}

extension Engine {
    package func embed(_ request: EmbeddingRequest, to consumer: any EventConsumer) {
        consumer.consume([.failed(request.id, .invalid(field: "model", reason: "it generates, and embeds nothing"))])
    }
}

/// Where a request's events go. One consumer stands for everything that lives on one event loop, so that a step's
/// events cross to each loop at once.
package protocol EventConsumer: AnyObject, Sendable {
    /// Takes the events of one engine step or, of a remote engine, one read; called on the engine's thread or event
    /// loop, must not block.
    func consume(_ batch: [GenerationEvent])
}

/// What an engine says of itself.
package struct EngineCard: Sendable, Equatable {
    package var model: ModelID
    package var kind: EngineKind
    /// The most tokens of prompt and completion together.
    package var contextTokens: Int
    /// The most requests that run at once; `choices` of one request count each.
    package var parallelSequences: Int
    /// The vocabulary's size.
    package var vocabularySize: Int
    /// What requests that don't say otherwise are sampled with.
    package var samplingDefaults = SamplingOptions()

    package init(
        model: ModelID, kind: EngineKind = .embedded, contextTokens: Int, parallelSequences: Int, vocabularySize: Int
    ) {
        self.model = model
        self.kind = kind
        self.contextTokens = contextTokens
        self.parallelSequences = parallelSequences
        self.vocabularySize = vocabularySize
    }
}

/// An engine's load and counters since its start.
package struct WorkerSnapshot: Sendable, Equatable {
    package var runningSequences = 0
    package var waitingRequests = 0
    /// Tokens whose KV is held, and the most that can be.
    package var usedCacheTokens = 0
    package var cacheTokens = 0

    package var steps = 0
    package var prefillTokens = 0
    package var decodeTokens = 0
    /// How long the engine computed each phase.
    package var prefillSeconds = 0.0
    package var decodeSeconds = 0.0
    /// Prompt tokens that were found in the cache.
    package var cachedTokens = 0
    package var evictedTokens = 0
    package var preemptions = 0
    /// Steps by the number of tokens in their batch: at most 1, 2, 4, … 4096, and more.
    package var batchSizes: [Int] = Array(repeating: 0, count: 14)

    package init() {}
}
