import GRPCEngines
import ServingModel
import ServingTesting
import Testing

/// A client that takes nothing for a long time costs a bounded number of bytes, and loses none.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct SlowReaderTests {
    @Test(arguments: Loopback.Backend.allCases)
    func holdsTheEngineBack(_ backend: Loopback.Backend) async throws {
        try await Loopback.run(backend) { loopback in
            let engine = loopback.makeEngine()
            let session = EngineSession(engine, loopback.subject)
            let request = session.request(100)
            session.submit(request)
            try await session.wait(for: request) { $0.ids().count >= 2 }
            engine.setPaused(request.id, true)
            let seen = session.outcome(of: request).ids().count
            for _ in 0..<500 { _ = engine.step() }
            let held = session.outcome(of: request)
            #expect(held.ids().count - seen <= loopback.subject.tokensAfterPause && held.ends.isEmpty)
            // Others are served meanwhile, over the same connection.
            #expect(try await session.complete(session.request(20)).ids().count == 20)
            #expect(session.outcome(of: request).ids().count == held.ids().count)
            engine.setPaused(request.id, false)
            let outcome = try await session.end(of: request)
            #expect(outcome.ids().count == 100 && outcome.ids().starts(with: held.ids()))
            let direct = try await session.complete(session.request(100)).ids()
            #expect(outcome.ids() == direct, "nothing is lost or repeated")
            await engine.shutDown()
        }
    }

    /// A paused client that leaves frees the engine.
    @Test(arguments: Loopback.Backend.allCases)
    func freesTheEngineWhenItLeaves(_ backend: Loopback.Backend) async throws {
        try await Loopback.run(backend) { loopback in
            let engine = loopback.makeEngine()
            let session = EngineSession(engine, loopback.subject)
            let occupants = try await session.occupy()
            for occupant in occupants { engine.cancel(occupant.id, choice: nil) }
            let next = (0..<Loopback.queueRequests).map { _ in session.request(10) }
            for request in next { session.submit(request) }
            for request in next { #expect(try await session.end(of: request).ids().count == 10) }
            #expect(engine.snapshot().runningSequences == 0)
            await engine.shutDown()
        }
    }
}
