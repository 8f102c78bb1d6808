package import ServingModel

/// A request's place at a worker, from its sending to its end. A request that fails before it has begun to be answered
/// moves on to another worker, within bounds; docs/decisions/0128 says which.
///
/// Exactly one of `moveOn` with the result false, `breakOff` and `end` gives the place back.
package struct WorkerLease {
    /// How a request failed that has not begun to be answered.
    package enum Loss: Sendable {
        /// No connection was to be had: no engine has seen it.
        case unreachable
        /// The worker said that it cannot serve at present.
        case declined
        /// The answer was lost: the engine may have worked on it.
        case unanswered
    }

    /// How often a request goes on at most to where it may fail again; not counted are workers that could not be reached
    /// and of which it was not known.
    static let retriesMax = 2

    package private(set) var worker: Worker
    private let pool: WorkerPool
    private var tried: [WorkerID] = []
    private var retries = 0

    init(_ worker: Worker, of pool: WorkerPool) {
        self.worker = worker
        self.pool = pool
        worker.requestBegan()
    }

    /// The worker answers, be it with a refusal.
    package func noteAnswer() { worker.noteAnswer() }

    /// Notes the failure, and moves to another worker, where the request is to be sent; false if there is none, or the
    /// request has been sent often enough.
    package mutating func moveOn(after loss: Loss, now: Moment) -> Bool {
        worker.noteFailure(loss, now)
        tried.append(worker.id)
        switch pool.next(after: loss, tried: tried, isWithinBound: retries < Self.retriesMax, now) {
        case .worker(let next, let isBounded):
            worker.requestEnded(.retried)
            worker = next
            worker.requestBegan()
            if isBounded { retries += 1 }
            return true
        case .nowhere: worker.requestEnded(.failedBeforeStart)
        case .overBudget: worker.requestEnded(.retryDenied)
        }
        return false
    }

    /// The answer was lost after it had begun.
    package func breakOff(now: Moment) {
        worker.noteFailure(.unanswered, now)
        worker.requestEnded(.failedMidway)
    }

    package func end(_ outcome: WorkerOutcome) { worker.requestEnded(outcome) }
}
