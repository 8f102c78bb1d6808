import Fleet
import Gateway
import ServingModel

/// Everything about one model of a gateway's workers.
struct FleetModel {
    /// One for each kind of engine that takes tokens.
    private(set) var sources: [PooledEngineSource] = []
    let upstreams: WorkerPool
    /// Nil until an engine that takes tokens has joined.
    private(set) var text: TextModel?

    init(_ id: ModelID) { upstreams = WorkerPool(model: id, kind: .http) }

    var pools: [WorkerPool] { sources.map(\.pool) + [upstreams] }

    /// The tokenizer and what belongs to it, as long as another worker than this one vouches for it.
    func text(besides id: WorkerID) -> TextModel? { others(than: id).contains(where: \.isHealthy) ? text : nil }

    /// Takes a worker in; returns those that give way.
    ///
    /// The workers of a model share a tokenizer: the one of the first. Where none of them is healthy, the new worker's
    /// takes its place, and those of another vocabulary join anew when they are back.
    mutating func put(_ worker: Worker, _ text: TextModel?) throws(CommandFailure) -> [Worker] {
        guard worker.card.kind != .http else {
            upstreams.put(worker)
            return []
        }
        var gone: [Worker] = []
        let others = others(than: worker.id)
        let strangers = others.filter { !Self.mayShareVocabulary($0.card, worker.card) }
        if others.contains(where: \.isHealthy) {
            if let stranger = strangers.first { throw Self.refusal(of: worker, beside: stranger) }
        } else {
            gone = strangers.flatMap { stranger in pools.compactMap { $0.remove(stranger.id) } }
            self.text = text
        }
        pool(of: worker.card).put(worker)
        return gone
    }

    /// The workers that take tokens, but for one.
    private func others(than id: WorkerID) -> [Worker] { sources.flatMap(\.pool.workers).filter { $0.id != id } }

    private mutating func pool(of card: EngineCard) -> WorkerPool {
        if let source = sources.first(where: { $0.pool.kind == card.kind }) { return source.pool }
        let source = PooledEngineSource(WorkerPool(model: card.model, kind: card.kind), now: { WallClock.now })
        sources.append(source)
        return source.pool
    }

    /// What one tokenizer makes for two engines must mean the same to both. Some do not say how large their vocabulary is.
    private static func mayShareVocabulary(_ one: EngineCard, _ other: EngineCard) -> Bool {
        one.vocabularySize == other.vocabularySize || one.vocabularySize == 0 || other.vocabularySize == 0
    }

    private static func refusal(of worker: Worker, beside other: Worker) -> CommandFailure {
        CommandFailure(
            """
            its '\(worker.card.model)' has a vocabulary of \(worker.card.vocabularySize) tokens, and that of \(other.id) \
            one of \(other.card.vocabularySize)
            """)
    }
}
