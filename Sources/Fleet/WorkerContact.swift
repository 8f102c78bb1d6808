package import ServingModel

/// What a worker says of itself.
package struct WorkerDescription: Sendable, Equatable {
    /// The models it serves.
    package var cards: [EngineCard]
    /// Where the worker has the model's files; they may be on another machine.
    package var modelPath: String?
    package var endTokens: [TokenID] = []
    /// Defaults of sampling that the model's makers give, as a JSON object.
    package var samplingDefaults: String?

    package init(cards: [EngineCard]) { self.cards = cards }
}

/// How a worker is asked what it is and how it is.
package protocol WorkerContact: Sendable {
    /// Finds out what is there. Throws while nothing answers, or something that is no engine.
    func describe() async throws -> WorkerDescription

    /// Whether the worker answers and calls itself healthy.
    func isHealthy() async -> Bool
}
