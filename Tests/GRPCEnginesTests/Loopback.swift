import EngineWire
import GRPCEngines
import Logging
import MockEngines
import NIOCore
import NIOPosix
import RPCTransport
import ServingModel
import ServingTesting
import WorkerHost

/// An engine of a protocol behind a real socket, with what drives it; all on one event loop.
final class Loopback: Sendable {
    /// What is behind the protocol.
    enum Backend: String, CaseIterable, Sendable {
        /// `EngineHost` over a scripted engine: the queue and the limits of `drover worker`.
        case worker
        case vllm, sglang, trtllm

        var dialect: EngineDialect { EngineDialect(rawValue: rawValue) ?? .vllm }
    }

    private enum Server: Sendable {
        case worker(RPCServer, ScriptedEngine)
        case mock(MockServer)
    }

    static let prompt = (1...7).map { TokenID($0) }
    static let queueRequests = 3
    /// A few chunks, so that a paused request is soon held.
    private static let windowBytes = 256

    let backend: Backend
    let clock: ManualClock
    let recorder = EventRecorder()
    private let server: Server
    private let group: MultiThreadedEventLoopGroup

    private init(_ backend: Backend, _ server: Server, _ clock: ManualClock, _ group: MultiThreadedEventLoopGroup) {
        self.backend = backend
        self.server = server
        self.clock = clock
        self.group = group
    }

    /// Runs a test with a server of its own, which ends behind it.
    static func run(
        _ backend: Backend, _ change: (inout MockProfile) -> Void = { _ in }, _ test: (Loopback) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let clock = ManualClock()
        let server = try await start(backend, change, clock, group)
        let loopback = Loopback(backend, server, clock, group)
        do {
            try await test(loopback)
        } catch {
            await loopback.end()
            throw error
        }
        await loopback.end()
    }

    private static func start(
        _ backend: Backend, _ change: (inout MockProfile) -> Void, _ clock: ManualClock,
        _ group: MultiThreadedEventLoopGroup
    ) async throws -> Server {
        let address = RPCAddress.tcp(host: "127.0.0.1", port: 0)
        var limits = RPCServerLimits()
        limits.unsentBytes = 64
        guard case .worker = backend else {
            let card = card(backend)
            var profile = MockProfile(backend.dialect)
            profile.contextTokens = card.contextTokens
            profile.parallelSequences = card.parallelSequences
            profile.queueRequests = queueRequests
            profile.vocabularySize = card.vocabularySize
            profile.isStepped = true
            change(&profile)
            return .mock(try await MockServer.start(MockEngine(profile), at: address, limits: limits, on: group))
        }
        let engine = ScriptedEngine(card: card(backend), queueRequests: queueRequests, now: { clock.now })
        let host = EngineHost(
            engine: engine, facts: WorkerFacts(modelPath: "/models/scripted.gguf"), tokenizer: nil, bundle: nil,
            clock: WorkerClock(now: { clock.now }, secondsSince1970: { 0 }),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        return .worker(try await RPCServer.start(host, at: address, limits: limits, on: group), engine)
    }

    private static func card(_ backend: Backend) -> EngineCard {
        EngineCard(
            model: ModelID("loopback"), kind: backend.dialect.kind, contextTokens: 128, parallelSequences: 4,
            vocabularySize: 1000)
    }

    private func end() async {
        switch server {
        case .worker(let server, let engine):
            await engine.shutDown()
            await server.shutDown(drainSeconds: 0)
        case .mock(let server): await server.shutDown()
        }
        try? await group.shutdownGracefully()
    }

    // MARK: The engines

    /// The mock engine, where there is one.
    var mock: MockServer? { if case .mock(let server) = server { server } else { nil } }

    private var address: RPCAddress {
        switch server {
        case .worker(let server, _): server.address
        case .mock(let server): server.address
        }
    }

    func makeEngine() -> LoopEngine {
        let loop = group.next()
        var limits = RemoteEngineLimits()
        limits.transport.streamWindowBytes = Self.windowBytes
        // The clock is the test's, so that nothing is late before the test says so.
        limits.sweepSeconds = 0.005
        let subject = RemoteEngine.Subject(
            card: Self.card(backend), dialect: backend.dialect, endpoint: RPCEndpoint(address), endTokens: [TokenID(2)],
            idPrefix: "test-", limits: limits)
        let engine = RemoteEngine(subject, loop: loop, now: { [clock] in clock.now })
        return LoopEngine(engine, on: loop) { [server] in
            switch server {
            case .worker(_, let engine): engine.step()
            case .mock(let server): server.engine.step()
            }
        }
    }

    /// What the engine is held to.
    var subject: EngineConformance.Subject {
        let card = Self.card(backend)
        var subject = EngineConformance.Subject(
            make: { [self] in makeEngine() }, step: { ($0 as? LoopEngine)?.step() ?? false }, prompt: Self.prompt,
            parallelSequences: card.parallelSequences, queueRequests: Self.queueRequests, now: clock.now)
        subject.fullQueue = .isUnavailable
        subject.tokensAfterPause = 30
        switch backend.dialect {
        case .vllm: break
        case .sglang: subject.refusedFields = ["seed"]
        case .trtllm: subject.refusedFields = ["echo"]
        }
        return subject
    }
}
