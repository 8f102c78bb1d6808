import EngineWire
import MockEngines
import NIOCore
import NIOPosix
import RPCTesting
import RPCTransport
import ServingModel

/// A mock engine behind a real server, with a real connection to it.
struct Mock {
    let engine: MockEngine
    let server: MockServer
    let link: RPCLink
    let group: MultiThreadedEventLoopGroup
    let dialect: EngineDialect

    static func run(
        _ dialect: EngineDialect = .vllm, _ change: (inout MockProfile) -> Void = { _ in },
        _ test: (Mock) async throws -> Void
    ) async throws {
        var profile = MockProfile(dialect)
        change(&profile)
        let engine = MockEngine(profile, recordsRequests: true)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let server = try await MockServer.start(engine, at: .tcp(host: "127.0.0.1", port: 0), on: group)
        let link = try await RPCLink.connect(to: server.address, on: group.next())
        let mock = Mock(engine: engine, server: server, link: link, group: group, dialect: dialect)
        do {
            try await test(mock)
        } catch {
            await mock.end()
            throw error
        }
        await mock.end()
    }

    private func end() async {
        try? await link.close()
        await server.shutDown()
        try? await group.shutdownGracefully()
    }

    static func request(
        maxTokens: Int = 6, _ change: (inout GenerationRequest) -> Void = { _ in }
    ) -> GenerationRequest {
        var request = GenerationRequest(
            id: RequestID(1), prompt: [10, 11, 12].map { TokenID($0) }, stop: StopConditions(maxTokens: maxTokens))
        request.sampling.temperature = 0
        change(&request)
        return request
    }

    func begin(_ request: GenerationRequest, wireID: String = "one") async throws -> RPCCall {
        var bytes: [UInt8] = []
        try dialect.appendGenerate(request, wireID: wireID, endTokens: [TokenID(2)], to: &bytes)
        return try await link.begin(dialect.service, "Generate", bytes)
    }

    /// Waits until the server has worked off what has come.
    func settle() async throws {
        let health = try await link.begin(dialect.service, "HealthCheck", [])
        await link.end(of: health)
    }

    /// What a gateway makes of an answer.
    struct Answer {
        var tokens: [Int: [TokenID]] = [:]
        var ends: [Int: FinishReason] = [:]
        var report: PromptReport?
        var failure: EngineError?
        /// What the messages broke.
        var error: WireError?
        var isComplete = false
        var status: RPCStatus?
    }

    func generate(_ request: GenerationRequest) async throws -> Answer {
        read(await link.end(of: try await begin(request)), request)
    }

    func read(_ outcome: RPCLink.Outcome, _ request: GenerationRequest) -> Answer {
        var answer = Answer(status: outcome.status)
        var reader = GenerationReader(dialect: dialect, request: request, endTokens: [TokenID(2)])
        var events: [GenerationEvent] = []
        do {
            for message in outcome.messages { try reader.read(message, into: &events) }
        } catch {
            answer.error = error
        }
        answer.isComplete = reader.isComplete
        for event in events {
            switch event {
            case .started(_, let report): answer.report = report
            case .token(_, let choice, let token): answer.tokens[choice, default: []].append(token.id)
            case .finished(_, let choice, let reason): answer.ends[choice] = reason
            case .failed(_, let error): answer.failure = error
            case .embedded: break
            }
        }
        return answer
    }
}
