package import HTTPEngine
package import NIOCore
package import ServingModel
import Synchronization

/// An engine process that requests can be sent to.
package final class Worker: Sendable {
    /// How it is driven.
    package enum Link: Sendable {
        /// By tokens: makes the engine's connection on an event loop; once a loop.
        case tokens(@Sendable (_ loop: any EventLoop) -> any Engine)
        /// By text: requests are forwarded as they came, with the server's own name of the model.
        case text(HTTPUpstream, model: String)
    }

    package let id: WorkerID
    package let card: EngineCard
    package let link: Link
    private let outstandingRequests = Atomic(0)
    private let healthy = Atomic(true)
    private let failuresInARow = Atomic(0)
    private let closedUntil = Atomic<UInt64>(0)
    /// The last failure that counted.
    private let lastFailure = Atomic<UInt64>(0)
    /// Requests that have ended, by outcome.
    private let outcomes = Mutex(Array(repeating: 0, count: WorkerOutcome.allCases.count))
    private let engines = Mutex<[ObjectIdentifier: any Engine]>([:])

    /// Failures of requests in a row after which a worker is left alone for a while.
    static let failuresMax = 5
    static let pauseSeconds = 2.0
    /// Failures that follow each other so closely have one cause.
    static let momentSeconds = 0.002

    package init(id: WorkerID, card: EngineCard, link: Link) {
        self.id = id
        self.card = card
        self.link = link
    }

    /// Requests that it has been sent and that have not ended.
    package var outstanding: Int { outstandingRequests.load(ordering: .relaxed) }

    /// What the last check of its health said.
    package var isHealthy: Bool { healthy.load(ordering: .relaxed) }

    package func setHealthy(_ isHealthy: Bool) { healthy.store(isHealthy, ordering: .relaxed) }

    /// Whether it failed so many requests that others are better asked.
    package func isPaused(_ now: Moment) -> Bool { closedUntil.load(ordering: .relaxed) > now.nanoseconds }

    /// The engine's connection on an event loop; the worker is driven by tokens.
    package func engine(on loop: any EventLoop) -> any Engine {
        guard case .tokens(let makeEngine) = link else { preconditionFailure("'\(id)' takes no tokens") }
        return engines.withLock { engines in
            if let engine = engines[ObjectIdentifier(loop)] { return engine }
            let engine = makeEngine(loop)
            engines[ObjectIdentifier(loop)] = engine
            return engine
        }
    }

    /// Requests that have ended in this way.
    package func count(of outcome: WorkerOutcome) -> Int { outcomes.withLock { $0[outcome.rawValue] } }

    func requestBegan() { outstandingRequests.add(1, ordering: .relaxed) }

    func requestEnded(_ outcome: WorkerOutcome) {
        outstandingRequests.subtract(1, ordering: .relaxed)
        outcomes.withLock { $0[outcome.rawValue] += 1 }
    }

    /// A request was answered, be it with a refusal.
    func noteAnswer() {
        if failuresInARow.load(ordering: .relaxed) != 0 { failuresInARow.store(0, ordering: .relaxed) }
    }

    /// A request could not be delivered, or its answer was lost. What fails at one moment, as the requests of a lost
    /// connection do, counts once. A worker that cannot be reached is left alone at once.
    func noteFailure(_ loss: WorkerLease.Loss, _ now: Moment) {
        if case .unreachable = loss { return pause(now) }
        let last = lastFailure.load(ordering: .relaxed)
        guard now.seconds(since: Moment(nanoseconds: last)) > Self.momentSeconds else { return }
        lastFailure.store(now.nanoseconds, ordering: .relaxed)
        let count = failuresInARow.wrappingAdd(1, ordering: .relaxed).newValue
        if count >= Self.failuresMax { pause(now) }
    }

    /// The next request after the pause is a trial: it either resets the count or begins another pause.
    private func pause(_ now: Moment) {
        closedUntil.store(now.advanced(bySeconds: Self.pauseSeconds).nanoseconds, ordering: .relaxed)
    }

    /// Ends all its connections.
    package func shutDown() async {
        let engines = engines.withLock { engines in
            defer { engines = [:] }
            return Array(engines.values)
        }
        for engine in engines { await engine.shutDown() }
    }
}
