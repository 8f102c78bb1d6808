import EngineWire
import GGUFFormat
import Logging
import NIOCore
import NIOPosix
import RPCTesting
import RPCTransport
import ServingModel
import ServingTesting
import SwiftProtobuf
import Testing
import Tokenization
import WorkerHost

#if canImport(Glibc)
    import Glibc
#endif

/// A host over a scripted engine behind a real server, with a real connection to it.
struct Worker {
    let engine: SteppedEngine
    let host: EngineHost
    let clock: ManualClock
    let server: RPCServer
    let link: RPCLink
    let group: MultiThreadedEventLoopGroup

    static let service = EngineDialect.vllm.service

    /// Runs a test with a worker of its own, and ends the worker.
    static func run(
        stepsItself: Bool = true, tokenizer: (any Tokenizer)? = nil, bundle: TokenizerBundle? = nil,
        flushCache: (@Sendable (_ waitSeconds: Double) async -> CacheFlush)? = nil,
        clientLimits: RPCClientLimits = RPCClientLimits(), _ test: (Worker) async throws -> Void
    ) async throws {
        let clock = ManualClock()
        let engine = SteppedEngine(stepsItself: stepsItself, now: { clock.now })
        var facts = WorkerFacts(modelPath: "/models/scripted.gguf")
        facts.modelType = "llama"
        facts.architectures = ["LlamaForCausalLM"]
        facts.endTokens = [TokenID(2), TokenID(7)]
        facts.beginningOfSequence = TokenID(1)
        facts.padding = TokenID(3)
        let host = EngineHost(
            engine: engine, facts: facts, tokenizer: tokenizer, bundle: bundle, queueSeconds: 60,
            flushCache: flushCache, clock: WorkerClock(now: { clock.now }, secondsSince1970: { 1_700_000_000.25 }),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let server = try await RPCServer.start(host, at: .tcp(host: "127.0.0.1", port: 0), on: group)
        let link = try await RPCLink.connect(to: server.address, limits: clientLimits, on: group.next())
        let worker = Worker(
            engine: engine, host: host, clock: clock, server: server, link: link, group: group)
        do {
            try await test(worker)
        } catch {
            await worker.end()
            throw error
        }
        await worker.end()
    }

    private func end() async {
        try? await link.close()
        await server.shutDown(drainSeconds: 0)
        await engine.shutDown()
        try? await group.shutdownGracefully()
    }

    /// A request for some tokens of a short prompt.
    static func request(
        maxTokens: UInt32 = 5, isStreamed: Bool = true, _ change: (inout VLLMGenerateRequest) -> Void = { _ in }
    ) -> VLLMGenerateRequest {
        var request = VLLMGenerateRequest()
        request.requestID = "one"
        request.tokenized.inputIds = [10, 11, 12]
        request.stream = isStreamed
        request.samplingParams.temperature = 0
        request.samplingParams.maxTokens = maxTokens
        request.samplingParams.skipSpecialTokens = true
        change(&request)
        return request
    }

    /// Begins a Generate call.
    func begin(_ request: VLLMGenerateRequest, timeoutSeconds: Double? = nil) async throws -> RPCCall {
        try await link.begin(
            Self.service, "Generate", try request.serializedBytes(), timeoutSeconds: timeoutSeconds)
    }

    /// The messages and the status of a whole Generate call.
    func generate(_ request: VLLMGenerateRequest) async throws -> ([VLLMGenerateResponse], RPCStatus) {
        let call = try await begin(request)
        let outcome = await link.end(of: call)
        let messages = try outcome.messages.map { try VLLMGenerateResponse(serializedBytes: $0) }
        return (messages, outcome.status ?? .ok)
    }

    /// The one answer of a unary call, or the status it failed with.
    func call<Answer: Message>(
        _ method: String, _ message: some Message, service: String = Worker.service, as _: Answer.Type
    ) async throws -> Answer {
        let call = try await link.begin(service, method, try message.serializedBytes())
        let outcome = await link.end(of: call)
        guard let bytes = outcome.messages.first, outcome.status?.code == .ok else {
            throw outcome.status ?? RPCStatus(.unknown)
        }
        return try Answer(serializedBytes: bytes)
    }

    /// Lets the server work off what has come, call by call, until the engine was told something.
    func untilVerb(_ verb: ScriptedEngine.Verb, _ meanwhile: () -> Void = {}) async throws {
        for _ in 0..<500 where !engine.script.verbs.contains(verb) {
            meanwhile()
            _ = try await call("HealthCheck", VLLMHealthCheckRequest(), as: VLLMHealthCheckResponse.self)
        }
        try #require(engine.script.verbs.contains(verb))
    }

    /// A byte-level tokenizer of the tokenization tests: 256 tokens for the bytes, and more.
    static func tokenizer() throws -> any Tokenizer {
        let parts = #filePath.split(separator: "/").dropLast(2)
        let path = "/" + parts.joined(separator: "/") + "/TokenizationTests/Fixtures/vocabularies/pairs.gguf"
        guard let file = fopen(path, "rb") else { throw Missing(path: path) }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
        return try GGUFVocabulary.tokenizer(of: bytes.withUnsafeBytes { try GGUFMetadata($0) })
    }

    struct Missing: Error {
        let path: String
    }
}
