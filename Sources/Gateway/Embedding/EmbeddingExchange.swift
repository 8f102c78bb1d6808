import Fleet
import Logging
import OpenAIAPI
import ServingModel

/// One request for embeddings, scores or a ranking, from its submission to the engine to the answer. Confined to its
/// event loop.
final class EmbeddingExchange: Exchange {
    private let prepared: PreparedEmbedding
    private let id: String
    private let engine: any Engine
    private let sink: any ResponseSink
    private let outlet: EventOutlet
    private let logger: Logger
    private let retryAfterSeconds: Int
    private var vectors: [RequestID: EmbeddingVector] = [:]
    /// Requests that have been handed to the engine.
    private var submitted = 0
    private var hasEnded = false

    /// Embeddings of one request that are at the engine at once; the others wait for them.
    private static let parallelMax = 64

    init(
        _ prepared: PreparedEmbedding, id: String, sink: any ResponseSink, outlet: EventOutlet, logger: Logger,
        retryAfterSeconds: Int
    ) {
        self.prepared = prepared
        self.id = id
        self.sink = sink
        self.outlet = outlet
        self.logger = logger
        self.retryAfterSeconds = retryAfterSeconds
        engine = prepared.source.engine(on: outlet.loop)
    }

    func submit() {
        while !hasEnded, submitted < prepared.requests.count, submitted - vectors.count < Self.parallelMax {
            submitted += 1
            outlet.submit(prepared.requests[submitted - 1], of: self, to: engine)
        }
    }

    func take(_ event: GenerationEvent) {
        guard !hasEnded else { return }
        switch event {
        case .embedded(let request, let values):
            vectors[request] = EmbeddingVector(values)
            outlet.forget(request)
            if vectors.count == prepared.requests.count { answer() } else { submit() }
        case .failed(_, let error):
            if let cause = error.cause {
                logger.error("The engine failed a request.", metadata: ["request": "\(id)", "reason": "\(cause)"])
            }
            end()
            sink.respond(
                APIError(
                    error, promptParam: prepared.param, completionTokens: nil, retryAfterSeconds: retryAfterSeconds))
        case .started, .token, .finished: break
        }
    }

    private func answer() {
        end()
        do throws(APIError) {
            let ordered = prepared.requests.compactMap { vectors[$0.id] }
            let body = try prepared.body(ordered, id)
            sink.respond(status: 200, contentType: "application/json", body: body, fields: [])
        } catch {
            sink.respond(error)
        }
    }

    // MARK: Exchange

    func abandon() {
        if !hasEnded { end() }
    }

    func fail(_ error: APIError) {
        guard !hasEnded else { return }
        end()
        sink.respond(error)
    }

    /// An answer is written at once, when it is whole.
    func setPaused(_ isPaused: Bool) {}

    private func end() {
        hasEnded = true
        for request in prepared.requests.prefix(submitted) {
            if vectors[request.id] == nil { engine.cancel(request.id, choice: nil) }
            outlet.forget(request.id)
        }
    }
}
