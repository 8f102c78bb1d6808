import ServingModel

/// What a request more would find at a worker; the least is the best.
package struct WorkerLoad: Comparable, Sendable {
    private let rank: Int

    private init(rank: Int) { self.rank = rank }

    /// Of an engine whose own queue says when it is full.
    package static let unknown = WorkerLoad(rank: 0)

    /// Its outstanding requests, and behind all that a worker that has failed this request before, and behind all those a
    /// worker that fails its requests.
    init(of worker: Worker, isTried: Bool, now: Moment) {
        rank = worker.outstanding + (isTried ? 1 << 32 : 0) + (worker.isPaused(now) ? 1 << 33 : 0)
    }

    package static func < (left: WorkerLoad, right: WorkerLoad) -> Bool { left.rank < right.rank }
}
