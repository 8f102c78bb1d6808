import EngineWire
import GRPCEngines
import NIOCore
import NIOEmbedded
import RPCTesting
import RPCTransport
import ServingModel
import ServingTesting
import Testing

/// A remote engine on an embedded event loop, where time passes when the test says so, and bytes come from the test.
final class EmbeddedRemote {
    static let prompt = [10, 11, 12].map { TokenID($0) }
    static let tokens = [20, 21, 22, 23].map { TokenID($0) }

    let dialect: EngineDialect
    let loop = EmbeddedEventLoop()
    let clock = ManualClock()
    let recorder = EventRecorder()
    private(set) var limits = RemoteEngineLimits()
    /// The connections that were asked for, in order.
    private(set) var wires: [Wire] = []
    private(set) var engine: RemoteEngine!
    private var lastRequest: UInt64 = 0

    init(_ dialect: EngineDialect = .vllm, _ change: (inout RemoteEngineLimits) -> Void = { _ in }) {
        self.dialect = dialect
        // Nobody answers PINGs here.
        limits.transport.pingIdleSeconds = 1e9
        change(&limits)
        let card = EngineCard(
            model: ModelID("embedded"), kind: dialect.kind, contextTokens: 64, parallelSequences: 4, vocabularySize: 100
        )
        let subject = RemoteEngine.Subject(
            card: card, dialect: dialect, endpoint: RPCEndpoint(.tcp(host: "engine", port: 1)), endTokens: [TokenID(2)],
            idPrefix: "x", limits: limits)
        engine = RemoteEngine(subject, loop: loop, now: { [clock] in clock.now }) { [unowned self] owner in
            do {
                let wire = try Wire(self.loop, self.limits.transport, owner)
                self.wires.append(wire)
                return wire.opening
            } catch {
                return self.loop.makeFailedFuture(error)
            }
        }
    }

    deinit {
        engine.stop()
        loop.run()
    }

    // MARK: Requests

    func request(
        _ maxTokens: Int = 4, _ change: (inout GenerationRequest) -> Void = { _ in }
    ) -> GenerationRequest {
        lastRequest += 1
        var request = GenerationRequest(
            id: RequestID(lastRequest), prompt: Self.prompt, stop: StopConditions(maxTokens: maxTokens))
        request.sampling.temperature = 0
        change(&request)
        return request
    }

    @discardableResult
    func submit(_ maxTokens: Int = 4, _ change: (inout GenerationRequest) -> Void = { _ in }) -> GenerationRequest {
        let request = request(maxTokens, change)
        engine.submit(request, to: recorder)
        loop.run()
        return request
    }

    /// Submits the first request, and lets the engine have its connection.
    func submitConnected(
        _ maxTokens: Int = 4, _ change: (inout GenerationRequest) -> Void = { _ in }
    ) throws -> (GenerationRequest, Wire) {
        let request = submit(maxTokens, change)
        let wire = try #require(wires.last)
        wire.accept()
        _ = try wire.sent()
        return (request, wire)
    }

    func outcome(of request: GenerationRequest) -> RequestOutcome {
        RequestOutcome(of: request.id, in: recorder.events)
    }

    /// The outcome of a request that has ended: exactly once, either well or not.
    func end(of request: GenerationRequest) -> RequestOutcome {
        let outcome = outcome(of: request)
        #expect(outcome.disorder == nil)
        #expect((outcome.failure == nil) == (outcome.ends.count == request.choices), "\(outcome)")
        return outcome
    }

    /// Lets time pass, for the engine and for the loop.
    func advance(seconds: Double) {
        clock.advance(bySeconds: seconds)
        loop.advanceTime(by: .nanoseconds(Int64(seconds * 1e9)))
    }

    // MARK: Answers

    /// What the engine knows a request by.
    func wireID(of request: GenerationRequest) -> String {
        let digits = String(request.id.rawValue, radix: 16)
        return "x" + String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    /// The frame in which the engine is told to abort a request.
    func abort(of request: GenerationRequest) -> [UInt8] {
        var message: [UInt8] = []
        dialect.appendAbort(wireID(of: request), to: &message)
        return Server.message(message)
    }

    /// The messages of an answer: a chunk a token, then the completion.
    func messages(_ tokens: [TokenID] = EmbeddedRemote.tokens, choice: Int = 0) -> [[UInt8]] {
        let writer = GenerationWriter(dialect, wireID: "x", promptTokens: Self.prompt.count)
        var messages: [[UInt8]] = tokens.map { token in
            var bytes: [UInt8] = []
            writer.appendChunk(GenerationPart(choice: choice, tokens: [token], completionTokens: 1), to: &bytes)
            return bytes
        }
        var bytes: [UInt8] = []
        writer.appendComplete(
            GenerationPart(choice: choice, tokens: tokens, completionTokens: tokens.count), .length, to: &bytes)
        messages.append(bytes)
        return messages
    }

    /// The frames of a whole answer: headers, a frame a message, trailers.
    func frames(_ stream: UInt32 = 1) -> [[UInt8]] {
        [Server.head(stream)]
            + messages().map { Server.data(stream, Server.message($0)) }
            + [Server.trailers(stream)]
    }

    /// The beginning of an answer: headers and the first token.
    func beginning(_ stream: UInt32 = 1) -> [UInt8] { frames(stream).prefix(2).flatMap { $0 } }

    func answer(_ stream: UInt32 = 1) -> [UInt8] { frames(stream).flatMap { $0 } }
}
