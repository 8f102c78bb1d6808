package import ServingModel
import Synchronization

/// The workers of one model and one kind. Workers come and go; requests choose among those that are there.
package final class WorkerPool: Sendable {
    private struct State {
        var workers: [Worker] = []
        /// Where the search begins, so that equals take turns.
        var turn = 0
        var budget = RetryBudget()

        /// The first of the best of those healthy workers that are wanted.
        func best(now: Moment, tried: [WorkerID] = [], where isWanted: (Worker) -> Bool = { _ in true }) -> (
            worker: Worker, load: WorkerLoad
        )? {
            var best: (worker: Worker, load: WorkerLoad)?
            for offset in 0..<workers.count {
                let worker = workers[(turn + offset) % workers.count]
                guard worker.isHealthy, isWanted(worker) else { continue }
                let load = WorkerLoad(of: worker, isTried: tried.contains(worker.id), now: now)
                if best.map({ load < $0.load }) ?? true { best = (worker, load) }
            }
            return best
        }

        mutating func takeTurn() {
            if !workers.isEmpty { turn = (turn + 1) % workers.count }
        }
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

    // MARK: Choice

    /// What the next request would find; nil if no worker is healthy. Changes nothing.
    package func load(_ now: Moment) -> WorkerLoad? { state.withLock { $0.best(now: now)?.load } }

    /// Gives a new request its place: at the healthy worker with the least outstanding work, nil if none is healthy.
    /// Workers that fail their requests come behind all others.
    package func lease(_ now: Moment) -> WorkerLease? {
        let chosen = state.withLock { state in
            state.budget.requestBegan(outstanding: state.workers.reduce(0) { $0 + $1.outstanding })
            defer { state.takeTurn() }
            return state.best(now: now)?.worker
        }
        return chosen.map { WorkerLease($0, of: self) }
    }

    /// Where a request goes on.
    enum Next {
        /// - Parameter isBounded: whether a request may go on in this way only a few times.
        case worker(Worker, isBounded: Bool)
        case nowhere
        case overBudget
    }

    /// Where a request goes on that the last of `tried` has lost. What an engine may have seen is paid for out of the
    /// budget.
    ///
    /// - Parameter isWithinBound: whether it may go on in a way that is bounded.
    func next(after loss: WorkerLease.Loss, tried: [WorkerID], isWithinBound: Bool, _ now: Moment) -> Next {
        state.withLock { state in
            defer { state.takeTurn() }
            let isNew = { (worker: Worker) in !tried.contains(worker.id) }
            let best =
                if case .unanswered = loss { state.best(now: now, tried: tried) } else {
                    state.best(now: now, where: isNew)
                }
            guard let worker = best?.worker else { return .nowhere }
            if case .unreachable = loss {
                let isPaused = worker.isPaused(now)
                return isPaused && !isWithinBound ? .nowhere : .worker(worker, isBounded: isPaused)
            }
            guard isWithinBound else { return .nowhere }
            return state.budget.spend() ? .worker(worker, isBounded: true) : .overBudget
        }
    }
}
