import Fleet
import ServingModel
import Testing

/// How often requests may be sent again, seen through the pool that counts them.
struct RetryBudgetTests {
    private static let card = EngineCard(
        model: ModelID("tiny"), contextTokens: 64, parallelSequences: 4, vocabularySize: 256)

    private static func pool() -> WorkerPool {
        let pool = WorkerPool(model: card.model, kind: .http)
        for name in ["a", "b"] {
            pool.put(Worker(id: WorkerID(name), card: card, link: .tokens { _ in preconditionFailure("not asked") }))
        }
        return pool
    }

    /// How many of the requests that are lost at once may go on.
    private static func moved(of count: Int, after earlier: Int) -> Int {
        let pool = pool()
        var leases = (0..<count).compactMap { _ in pool.lease(Moment(nanoseconds: 0)) }
        for at in 0..<earlier {
            leases[at % count].end(.completed)
            leases[at % count] = pool.lease(Moment(nanoseconds: 0)) ?? leases[at % count]
        }
        return leases.count { lease in
            var lease = lease
            return lease.moveOn(after: .unanswered, now: Moment(nanoseconds: 1))
        }
    }

    @Test func startsWithAReserve() { #expect(Self.moved(of: 20, after: 0) == 14) }

    @Test func savesAFifthOfTheRequests() { #expect(Self.moved(of: 50, after: 100) == 40) }

    /// One lost worker costs no request, however many it had, where enough had been served before.
    @Test func savesWhatIsUnderWay() {
        #expect(Self.moved(of: 1000, after: 5000) >= 999)
        #expect(Self.moved(of: 1000, after: 1000) == 410)
    }

    @Test func saysWhyARequestIsNotSentAgain() {
        let pool = Self.pool()
        let leases = (0..<20).compactMap { _ in pool.lease(Moment(nanoseconds: 0)) }
        for var lease in leases where lease.moveOn(after: .unanswered, now: Moment(nanoseconds: 1)) {
            lease.end(.completed)
        }
        let denied = pool.workers.reduce(0) { $0 + $1.count(of: .retryDenied) }
        #expect(denied == 6 && pool.workers.allSatisfy { $0.outstanding == 0 })
    }

    /// What a server declines it would decline again.
    @Test func sendsWhatWasDeclinedToNoWorkerTwice() throws {
        let pool = Self.pool()
        var lease = try #require(pool.lease(Moment(nanoseconds: 0)))
        let first = lease.worker.id
        let isSent = lease.moveOn(after: .declined, now: Moment(nanoseconds: 1))
        #expect(isSent && lease.worker.id != first)
        let isSentAgain = lease.moveOn(after: .declined, now: Moment(nanoseconds: 2))
        #expect(!isSentAgain)
    }
}
