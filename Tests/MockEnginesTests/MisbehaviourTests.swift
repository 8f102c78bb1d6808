import EngineWire
import MockEngines
import NIOPosix
import RPCTesting
import RPCTransport
import ServingModel
import SwiftProtobuf
import Testing

/// Each misbehaviour is seen by a client as what it is.
struct MisbehaviourTests {
    /// An answer in the course of which the engine misbehaves.
    private func answer(
        _ kind: Misbehaviour, after tokens: Int = 2, _ dialect: EngineDialect = .vllm
    ) async throws -> Mock.Answer {
        var answer = Mock.Answer()
        try await Mock.run(dialect) { mock in
            mock.engine.play([MockStrike(kind, afterTokens: tokens)])
            answer = try await mock.generate(Mock.request())
            // The client's reset of what it cannot read is on its way.
            try await mock.settle()
            #expect(mock.engine.counts.misbehaved == 1 && mock.engine.counts.running == 0)
        }
        return answer
    }

    @Test(arguments: EngineDialect.allCases) func breaksMessages(_ dialect: EngineDialect) async throws {
        let malformed = try await answer(.malformed, dialect)
        #expect(malformed.error != nil && malformed.tokens[0]?.count == 2 && !malformed.isComplete)
        for kind in [Misbehaviour.truncated, .oversized, .compressed] {
            let broken = try await answer(kind, dialect)
            #expect(broken.status?.code != .ok && broken.status?.isFromServer == false, "\(kind)")
            #expect(!broken.isComplete && (broken.tokens[0]?.count ?? 0) <= 2)
        }
    }

    private func answer(_ kind: Misbehaviour, _ dialect: EngineDialect) async throws -> Mock.Answer {
        try await answer(kind, after: 2, dialect)
    }

    @Test func breaksOff() async throws {
        let closed = try await answer(.close)
        #expect(closed.status?.code == .unavailable && closed.status?.isFromServer == false)
        let reset = try await answer(.reset)
        #expect(reset.status?.code == .internal && reset.status?.isFromServer == false)
        #expect(reset.tokens[0]?.count == 2)
        let refused = try await answer(.refused)
        #expect(refused.status?.isUnprocessed == true && refused.tokens.isEmpty)
        let ended = try await answer(.end)
        #expect(ended.status?.code == .ok && !ended.isComplete && ended.tokens[0]?.count == 2)
        let aborted = try await answer(.abort)
        #expect(aborted.status?.code == .ok && aborted.failure != nil)
    }

    @Test func saysTooMuch() async throws {
        let twice = try await answer(.duplicateCompletion)
        #expect(twice.error != nil && twice.tokens[0]?.count == 6)
        let late = try await answer(.lateTokens)
        #expect(late.error != nil && late.tokens[0]?.count == 6)
        let stray = try await answer(.wrongIndex)
        #expect(stray.error != nil)
        let repeated = try await answer(.repeat)
        #expect(repeated.tokens[0]?.count == 8 && repeated.isComplete)
    }

    @Test func goesOnAfterAGoAway() async throws {
        let answer = try await answer(.goAway)
        #expect(answer.status?.code == .ok && answer.isComplete && answer.tokens[0]?.count == 6)
    }

    @Test func failsWithEveryStatus() async throws {
        for (name, kind) in Misbehaviour.named {
            guard case .status(let code) = kind else { continue }
            let answer = try await answer(kind)
            #expect(answer.status?.code == code && answer.status?.isFromServer == true, "\(name)")
        }
    }

    @Test(arguments: [Misbehaviour.silence, .stall]) func saysNothing(_ kind: Misbehaviour) async throws {
        try await Mock.run { mock in
            mock.engine.play([MockStrike(kind, afterTokens: 2)])
            let silent = try await mock.begin(Mock.request())
            if kind == .stall { await mock.link.wait(for: silent) { $0.messages.count == 2 } }
            // Another call is answered meanwhile.
            #expect(try await mock.generate(Mock.request()).isComplete)
            let outcome = mock.link.outcome(of: silent)
            #expect(outcome.status == nil && outcome.messages.count == (kind == .stall ? 2 : 0))
            #expect(mock.engine.counts.running == 1)
        }
    }

    @Test func goesDownAndComesUp() async throws {
        try await Mock.run(.vllm, { $0.delaySeconds = 3600 }) { mock in
            let call = try await mock.begin(Mock.request())
            await mock.link.wait(for: call) { !$0.messages.isEmpty }
            await mock.server.goDown()
            #expect(await mock.link.end(of: call).status?.code == .unavailable)
            await #expect(throws: (any Error).self) {
                _ = try await RPCLink.connect(to: mock.server.address, on: mock.group.next())
            }
            await mock.server.comeUp()
            let link = try await RPCLink.connect(to: mock.server.address, on: mock.group.next())
            let health = try await link.begin(mock.dialect.service, "HealthCheck", [])
            #expect(await link.end(of: health).status?.code == .ok)
            try await link.close()
        }
    }

    @Test func otherMethodsMisbehaveToo() async throws {
        try await Mock.run { mock in
            mock.engine.answer("HealthCheck", with: .unhealthy)
            var call = try await mock.link.begin(mock.dialect.service, "HealthCheck", [])
            let message = try #require(await mock.link.end(of: call).messages.first)
            #expect(try !VLLMHealthCheckResponse(serializedBytes: message).healthy)
            mock.engine.answer("GetModelInfo", with: .status(.permissionDenied))
            call = try await mock.link.begin(mock.dialect.service, "GetModelInfo", [])
            #expect(await mock.link.end(of: call).status?.code == .permissionDenied)
            mock.engine.answer("GetModelInfo", with: nil)
            call = try await mock.link.begin(mock.dialect.service, "GetModelInfo", [])
            #expect(await mock.link.end(of: call).status?.code == .ok)
        }
    }

    @Test func strikesByOddsThatASeedRepeats() async throws {
        var runs: [[Bool]] = []
        for seed in [1, 1, 2] as [UInt64] {
            try await Mock.run(
                .vllm,
                { profile in
                    profile.odds = try! MisbehaviourOdds("unavailable=0.2,end=0.2")
                    profile.oddsSeed = seed
                }
            ) { mock in
                var run: [Bool] = []
                for _ in 0..<100 { run.append(try await mock.generate(Mock.request()).isComplete) }
                runs.append(run)
                let struck = run.filter { !$0 }.count
                #expect((20...60).contains(struck) && mock.engine.counts.misbehaved == struck)
            }
        }
        #expect(runs[0] == runs[1] && runs[0] != runs[2])
    }

    @Test(arguments: ["reset", "reset=2", "nothing=0.1", "reset=0.6,close=0.6", "=1"])
    func refusesWhatAreNoOdds(_ text: String) {
        #expect(throws: MisbehaviourOdds.Invalid.self) { try MisbehaviourOdds(text) }
    }
}
