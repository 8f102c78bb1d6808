import GRPCEngines
import MockEngines
import ServingModel
import ServingTesting
import Testing

/// Engines that go away and come back.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct RestartTests {
    @Test(arguments: [Loopback.Backend.vllm, .sglang, .trtllm])
    func isServedByItsSuccessor(_ backend: Loopback.Backend) async throws {
        try await Loopback.run(backend) { loopback in
            let mock = try #require(loopback.mock)
            let session = EngineSession(loopback.makeEngine(), loopback.subject)
            let before = try await session.complete(session.request(5)).ids()
            let running = (0..<3).map { _ in session.request(40) }
            for request in running { session.submit(request) }
            try await session.wait(for: running[2]) { $0.ids().count >= 2 }

            await mock.goDown()
            for request in running { Self.expect(.unavailable, try await session.end(of: request)) }
            let during = (0..<3).map { _ in session.request(5) }
            for request in during { session.submit(request) }
            for request in during {
                let outcome = try await session.end(of: request)
                Self.expect(.unreachable, outcome)
                #expect(outcome.positions.count == 1)
            }

            await mock.comeUp()
            #expect(try await session.complete(session.request(5)).ids() == before)
            #expect(session.engine.snapshot().runningSequences == 0 && mock.engine.counts.running == 0)
            await session.engine.shutDown()
        }
    }

    private static func expect(_ failure: StatusTests.Kind, _ outcome: RequestOutcome) {
        #expect(StatusTests.Kind(outcome.failure) == failure && outcome.ends.isEmpty, "\(outcome)")
    }
}
