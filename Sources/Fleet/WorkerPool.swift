package import ServingModel
import Synchronization

/// The workers of one model and one kind. Workers come and go; requests choose among those that are there.
package final class WorkerPool: Sendable {
    private struct State {
        var workers: [Worker] = []
        /// Where the search begins, so that equals take turns.
        var turn = 0
    }

    package let model: ModelID
    package let kind: EngineKind
    private let state = Mutex(State())

    package init(model: ModelID, kind: EngineKind) {
        self.model = model
        self.kind = kind
    }

    /// What all its workers can do.
    package var card: EngineCard {
        state.withLock { state in
            var card =
                state.workers.first?.card
                ?? EngineCard(model: model, kind: kind, contextTokens: 0, parallelSequences: 0, vocabularySize: 0)
            for worker in state.workers {
                card.contextTokens = min(card.contextTokens, worker.card.contextTokens)
                card.parallelSequences = min(card.parallelSequences, worker.card.parallelSequences)
            }
            return card
        }
    }

    package var workers: [Worker] { state.withLock { $0.workers } }

    /// Adds a worker; one of the same address gives way, and is returned.
    @discardableResult
    package func put(_ worker: Worker) -> Worker? {
        state.withLock { state in
            let old = state.workers.firstIndex { $0.id == worker.id }.map { state.workers.remove(at: $0) }
            state.workers.append(worker)
            return old
        }
    }

    @discardableResult
    package func remove(_ id: WorkerID) -> Worker? {
        state.withLock { state in
            state.workers.firstIndex { $0.id == id }.map { state.workers.remove(at: $0) }
        }
    }

    /// The healthy worker with the least outstanding work, nil if none is healthy. Those that have been tried come
    /// behind all others, and those that fail their requests behind them.
    package func choose(now: Moment, tried: [WorkerID] = []) -> Worker? {
        state.withLock { state in
            let count = state.workers.count
            var best: (worker: Worker, load: Int)?
            for offset in 0..<count {
                let worker = state.workers[(state.turn + offset) % count]
                guard worker.isHealthy else { continue }
                let load =
                    worker.outstanding + (tried.contains(worker.id) ? 1 << 32 : 0)
                    + (worker.isPaused(now) ? 1 << 33 : 0)
                if load < best?.load ?? .max { best = (worker, load) }
            }
            if count > 0 { state.turn = (state.turn + 1) % count }
            return best?.worker
        }
    }
}
