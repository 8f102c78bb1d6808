import Fleet
import HTTPEngine
import ServingModel

/// How a worker behind HTTP is asked what it is.
struct HTTPContact: WorkerContact {
    let upstream: HTTPUpstream
    /// What clients call the model, if the worker has only one.
    let modelName: ModelID?

    /// How long a question may take.
    private static let seconds = 5.0

    func describe() async throws -> WorkerDescription {
        let found = try await upstream.describe(timeoutSeconds: Self.seconds)
        let name = found.models.count == 1 ? modelName : nil
        var description = WorkerDescription(
            cards: found.models.map { model in
                EngineCard(
                    model: name ?? ModelID(model.id), kind: .http, contextTokens: model.contextTokens ?? 0,
                    parallelSequences: .max, vocabularySize: 0)
            })
        description.modelPath = found.models.first?.id
        return description
    }

    func isHealthy() async -> Bool { await upstream.isHealthy(timeoutSeconds: Self.seconds) }
}
