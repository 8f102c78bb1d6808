import GRPCEngines
import MockEngines
import RPCTransport
import ServingModel
import ServingTesting
import Testing

/// Whatever an engine does, each request ends once and truly, and the next one is served.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct MisbehaviourTests {
    private static let mocks: [Loopback.Backend] = [.vllm, .sglang, .trtllm]
    private static let tokens = 6
    private static let firstTokenSeconds = 10.0
    /// Longer than that, and than an engine may be silent.
    private static let foreverSeconds = 1000.0

    /// A way to fail, and what becomes of a request of six tokens; after two of them if it is in the middle.
    struct Case: Sendable, CustomTestStringConvertible {
        let kind: Misbehaviour
        /// Nil ends well.
        let failure: StatusTests.Kind?
        var tokens: ClosedRange<Int>

        init(_ kind: Misbehaviour, _ failure: StatusTests.Kind?, _ tokens: ClosedRange<Int>) {
            self.kind = kind
            self.failure = failure
            self.tokens = tokens
        }

        var testDescription: String { "\(kind)" }
    }

    private static let cases: [Case] = [
        Case(.malformed, .broken, 2...2), Case(.truncated, .unavailable, 2...2), Case(.oversized, .unavailable, 2...2),
        Case(.compressed, .unavailable, 2...2), Case(.close, .unavailable, 2...2), Case(.end, .unavailable, 2...2),
        Case(.goAway, nil, 6...6), Case(.reset, .unavailable, 2...2), Case(.stall, .unavailable, 2...2),
        // TensorRT-LLM's chunk is all that there is.
        Case(.slow, nil, 6...6), Case(.repeat, nil, 8...10), Case(.wrongIndex, .broken, 2...2),
        Case(.abort, .unavailable, 2...2), Case(.duplicateCompletion, nil, 6...6), Case(.lateTokens, nil, 6...6),
        Case(.silence, .deadlinePassed, 0...0), Case(.refused, .unavailable, 0...0), Case(.down, .unavailable, 0...0),
        Case(.status(.internal), .broken, 2...2), Case(.status(.unavailable), .unavailable, 2...2),
        Case(.status(.invalidArgument), .invalid(field: "request"), 2...2),
        Case(.status(.deadlineExceeded), .deadlinePassed, 2...2),
    ]

    @Test func knowsEveryWay() {
        let known = Set(Self.cases.map(\.kind))
        for (name, kind) in Misbehaviour.named where kind != .unhealthy {
            if case .status = kind { continue }
            #expect(known.contains(kind), "\(name)")
        }
    }

    @Test(arguments: mocks, cases) func endsOnceAndTruly(_ backend: Loopback.Backend, _ way: Case) async throws {
        try await Loopback.run(backend) { profile in
            profile.slowSeconds = 0.001
            profile.downSeconds = 0
            profile.isStepped = way.kind != .slow
        } _: { loopback in
            let mock = try #require(loopback.mock).engine
            mock.play([MockStrike(way.kind, afterTokens: 2)])
            var subject = loopback.subject
            if way.kind == .slow { subject.step = nil }
            let session = EngineSession(loopback.makeEngine(), subject)
            var request = session.request(Self.tokens)
            request.queueDeadline = loopback.clock.now.advanced(bySeconds: Self.firstTokenSeconds)
            session.submit(request)
            if way.kind == .stall { try await session.wait(for: request) { $0.ids().count == 2 } }
            if way.kind == .stall || way.kind == .silence {
                try await Self.arrival(at: mock, session)
                loopback.clock.advance(bySeconds: Self.foreverSeconds)
            }
            let outcome = try await session.end(of: request)
            #expect(StatusTests.Kind(outcome.failure) == way.failure, "\(outcome)")
            #expect(way.tokens.contains(outcome.ids().count), "\(outcome.ids().count) tokens")
            #expect(outcome.ends == (way.failure == nil ? [0: .length] : [:]))
            try await Self.isServed(session, loopback)
            #expect(RequestOutcome(of: request.id, in: session.recorder.events).positions == outcome.positions)
            #expect(session.engine.snapshot().runningSequences == 0)
            #expect(mock.counts.running == 0 && mock.counts.waiting == 0)
            await session.engine.shutDown()
        }
    }

    /// Waits until the engine has the request.
    private static func arrival(at mock: MockEngine, _ session: EngineSession) async throws {
        let engine = try #require(session.engine as? LoopEngine)
        while mock.counts.generations == 0 { try #require(engine.step()) }
    }

    /// The engine answers again, at the latest when it is up again.
    private static func isServed(_ session: EngineSession, _ loopback: Loopback) async throws {
        for _ in 0..<10_000 {
            let outcome = try await session.complete(session.request(Self.tokens))
            if outcome.failure == nil {
                #expect(outcome.ids().count == Self.tokens)
                return
            }
            #expect([.unavailable, .unreachable].contains(StatusTests.Kind(outcome.failure)))
        }
        Issue.record("it is not served again")
    }
}
