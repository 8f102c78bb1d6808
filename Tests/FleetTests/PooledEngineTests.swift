import Fleet
import NIOEmbedded
import ServingModel
import ServingTesting
import Testing

struct PooledEngineTests {
    /// Some workers of one model on an embedded loop.
    private final class Fixture {
        let loop = EmbeddedEventLoop()
        let clock = ManualClock()
        let pool = WorkerPool(model: ModelID("tiny"), kind: .embedded)
        let recorder = EventRecorder()
        let engines: [ScriptedEngine]
        let engine: any Engine
        private var count: UInt64 = 0

        static let card = EngineCard(
            model: ModelID("tiny"), contextTokens: 64, parallelSequences: 4, vocabularySize: 256)

        init(workers: Int) {
            let clock = clock
            engines = (0..<workers).map { _ in ScriptedEngine(card: Self.card, now: { clock.now }) }
            for (index, engine) in engines.enumerated() {
                pool.put(Worker(id: WorkerID("worker-\(index)"), card: Self.card, link: .tokens { _ in engine }))
            }
            engine = PooledEngineSource(pool, now: { clock.now }).engine(on: loop)
        }

        @discardableResult
        func submit(choices: Int = 1) -> RequestID {
            count += 1
            var request = GenerationRequest(
                id: RequestID(count), prompt: [TokenID(1)], stop: StopConditions(maxTokens: 2))
            request.choices = choices
            engine.submit(request, to: recorder)
            settle()
            return request.id
        }

        func settle() {
            repeat { loop.run() } while engines.contains { $0.step() }
        }

        func outcome(_ request: RequestID) -> RequestOutcome { RequestOutcome(of: request, in: recorder.events) }
    }

    @Test func spreadsRequestsByOutstandingWork() {
        let fixture = Fixture(workers: 3)
        for engine in fixture.engines { engine.play([Script(isIgnored: true), Script(isIgnored: true)]) }
        for _ in 0..<6 { fixture.submit() }
        #expect(fixture.engines.map(\.submissions.count) == [2, 2, 2])
        #expect(fixture.pool.workers.map(\.outstanding) == [2, 2, 2])
    }

    @Test func freesItsWorkersWhenRequestsEnd() {
        let fixture = Fixture(workers: 2)
        let whole = fixture.submit(choices: 2)
        #expect(fixture.outcome(whole).ends == [0: .length, 1: .length])
        for engine in fixture.engines { engine.play([Script(isIgnored: true)]) }
        let cancelled = fixture.submit(choices: 2)
        fixture.engine.cancel(cancelled, choice: 0)
        #expect(fixture.pool.workers.map(\.outstanding).reduce(0, +) == 1)
        fixture.engine.cancel(cancelled, choice: 1)
        #expect(fixture.pool.workers.map(\.outstanding) == [0, 0])
    }

    @Test func triesAnotherWorkerBeforeTheFirstToken() {
        let fixture = Fixture(workers: 2)
        fixture.engines[0].play([Script(failure: .beforeStart(.unavailable("gone")))])
        let request = fixture.submit()
        #expect(fixture.outcome(request).failure == nil)
        #expect(fixture.outcome(request).ids().count == 2)
        #expect(fixture.engines.map(\.submissions.count) == [1, 1])
    }

    @Test func repeatsNothingThatWasDelivered() {
        let fixture = Fixture(workers: 2)
        fixture.engines[0].play([Script(failure: .afterTokens(1, .unavailable("gone")))])
        let request = fixture.submit()
        #expect(fixture.outcome(request).failure == .unavailable("gone"))
        #expect(fixture.engines.map(\.submissions.count) == [1, 0])
    }

    @Test func repeatsNoRefusal() {
        let fixture = Fixture(workers: 2)
        let refusal = EngineError.invalid(field: "n", reason: "no")
        fixture.engines[0].play([Script(failure: .beforeStart(refusal))])
        #expect(fixture.outcome(fixture.submit()).failure == refusal)
        #expect(fixture.engines.map(\.submissions.count) == [1, 0])
    }

    @Test func givesUpAfterThreeAttempts() {
        let fixture = Fixture(workers: 5)
        for engine in fixture.engines { engine.play([Script(failure: .beforeStart(.unavailable("gone")))]) }
        #expect(fixture.outcome(fixture.submit()).failure == .unavailable("gone"))
        #expect(fixture.engines.map(\.submissions.count).reduce(0, +) == 3)
        #expect(fixture.pool.workers.map(\.outstanding) == [0, 0, 0, 0, 0])
    }

    @Test func retriesWithinABudget() {
        let fixture = Fixture(workers: 2)
        let failing = Array(repeating: Script(failure: .beforeStart(.unavailable("gone"))), count: 1000)
        for engine in fixture.engines { engine.play(failing) }
        for _ in 0..<100 {
            fixture.clock.advance(bySeconds: 10)
            fixture.submit()
        }
        let sent = fixture.engines.map(\.submissions.count).reduce(0, +)
        #expect(sent > 100 && sent <= 100 + 10 + 20)
    }

    @Test func leavesAFailingWorkerAlone() {
        let fixture = Fixture(workers: 2)
        fixture.engines[0].play(Array(repeating: Script(failure: .beforeStart(.unavailable("gone"))), count: 100))
        for _ in 0..<40 {
            fixture.clock.advance(bySeconds: 0.02)
            #expect(fixture.outcome(fixture.submit()).failure == nil)
        }
        #expect(fixture.engines[0].submissions.count == 5)
        fixture.clock.advance(bySeconds: 3)
        for _ in 0..<10 { fixture.submit() }
        #expect(fixture.engines[0].submissions.count == 6)
        // Nobody is left out while nobody else is there.
        fixture.pool.workers[1].setHealthy(false)
        fixture.submit()
        #expect(fixture.engines[0].submissions.count >= 7)
    }

    /// A worker that is gone has the least work, and would draw every request to it.
    @Test func leavesAWorkerAloneThatFailsInAStream() {
        let fixture = Fixture(workers: 2)
        fixture.engines[0].play(Array(repeating: Script(failure: .beforeStart(.unavailable("gone"))), count: 1000))
        for _ in 0..<200 {
            fixture.clock.advance(bySeconds: 0.002)
            fixture.submit()
        }
        #expect(fixture.engines[0].submissions.count < 40)
    }

    /// The requests of one connection fail together, and that is one failure.
    @Test func countsALostConnectionOnce() {
        let fixture = Fixture(workers: 2)
        fixture.engines[0].play(Array(repeating: Script(failure: .beforeStart(.unavailable("gone"))), count: 20))
        for _ in 0..<10 { fixture.submit() }
        #expect(fixture.engines[0].submissions.count == 10)
    }

    private static let unreachable = Script(failure: .beforeStart(.unreachable("refused")))

    /// No engine has seen what could not be sent, so that sending it elsewhere doubles nothing.
    @Test func movesOnForFreeFromAWorkerThatCannotBeReached() {
        let fixture = Fixture(workers: 2)
        fixture.engines[0].play(Array(repeating: Self.unreachable, count: 1000))
        for _ in 0..<400 {
            fixture.clock.advance(bySeconds: 3)
            #expect(fixture.outcome(fixture.submit()).failure == nil)
        }
        #expect(fixture.engines[0].submissions.count >= 200)
    }

    @Test func leavesAWorkerAloneAtOnceThatCannotBeReached() {
        let fixture = Fixture(workers: 2)
        fixture.engines[0].play(Array(repeating: Self.unreachable, count: 1000))
        for _ in 0..<50 {
            fixture.clock.advance(bySeconds: 0.02)
            #expect(fixture.outcome(fixture.submit()).failure == nil)
        }
        #expect(fixture.engines[0].submissions.count == 1)
    }

    @Test func asksNoWorkerTwiceThatCannotBeReached() {
        let fixture = Fixture(workers: 5)
        for engine in fixture.engines { engine.play(Array(repeating: Self.unreachable, count: 10)) }
        #expect(fixture.outcome(fixture.submit()).failure == .unreachable("refused"))
        #expect(fixture.engines.map(\.submissions.count) == [1, 1, 1, 1, 1])
        // Each is known to be away now: not all of them are asked again.
        #expect(fixture.outcome(fixture.submit()).failure == .unreachable("refused"))
        #expect(fixture.engines.map(\.submissions.count).reduce(0, +) == 8)
    }

    @Test func triesAnotherWorkerWhenAnEngineBreaks() {
        let fixture = Fixture(workers: 2)
        fixture.engines[0].play(Array(repeating: Script(failure: .beforeStart(.broken("bug"))), count: 100))
        for _ in 0..<40 {
            fixture.clock.advance(bySeconds: 0.02)
            #expect(fixture.outcome(fixture.submit()).failure == nil)
        }
        #expect(fixture.engines[0].submissions.count == 5)
    }

    @Test func asksForTheLoadWithoutTakingATurn() {
        let fixture = Fixture(workers: 2)
        for _ in 0..<4 {
            #expect(fixture.pool.load(fixture.clock.now) != nil)
            fixture.submit()
        }
        #expect(fixture.engines.map(\.submissions.count) == [2, 2])
    }

    @Test func countsWhatBecomesOfRequests() {
        let fixture = Fixture(workers: 1)
        let worker = fixture.pool.workers[0]
        let expect = { (outcomes: [WorkerOutcome: Int]) in
            for outcome in WorkerOutcome.allCases {
                #expect(worker.count(of: outcome) == outcomes[outcome, default: 0], "\(outcome)")
            }
        }
        fixture.engines[0].play([
            Script(), Script(failure: .beforeStart(.invalid(field: "n", reason: "no"))), Script(isIgnored: true),
            Script(failure: .afterTokens(1, .unavailable("gone"))), Self.unreachable,
            Script(failure: .beforeStart(.unavailable("gone"))),
        ])
        fixture.submit()
        fixture.submit()
        fixture.engine.cancel(fixture.submit(), choice: nil)
        expect([.completed: 1, .refused: 1, .abandoned: 1])
        fixture.submit()
        fixture.submit()
        // The only worker there is gets it again.
        fixture.submit()
        expect([
            .completed: 2, .refused: 1, .abandoned: 1, .failedMidway: 1, .failedBeforeStart: 1, .retried: 1,
        ])
        #expect(worker.outstanding == 0)
    }

    @Test func passesOverUnhealthyWorkers() {
        let fixture = Fixture(workers: 2)
        fixture.pool.workers[0].setHealthy(false)
        for _ in 0..<4 { fixture.submit() }
        #expect(fixture.engines.map(\.submissions.count) == [0, 4])
        fixture.pool.workers[1].setHealthy(false)
        guard case .unavailable? = fixture.outcome(fixture.submit()).failure else {
            Issue.record("no worker was there, and the request did not fail")
            return
        }
    }
}
