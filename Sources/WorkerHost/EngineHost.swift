package import EngineWire
package import Logging
package import NIOCore
package import RPCTransport
package import ServingModel
import SwiftProtobuf
import Synchronization
package import Tokenization

/// Serves an engine as `vllm.grpc.engine.VllmEngine`, beside the standard health service.
///
/// Generate, Embed, Abort, HealthCheck, GetModelInfo, GetServerInfo, GetLoads, GetTokenizer and SubscribeKvEvents answer
/// as vLLM's own servicer does, and so does FlushCache if the engine has a cache to flush; the profiler's methods say that
/// they are not there.
package final class EngineHost: RPCService {
    static let dialect = EngineDialect.vllm

    let engine: any Engine
    let tokenizer: (any Tokenizer)?
    let clock: WorkerClock
    let live = LiveCalls()
    let facts: WorkerFacts
    let bundle: TokenizerBundle?
    private let queueSeconds: Double?
    let flushCache: (@Sendable (_ waitSeconds: Double) async -> CacheFlush)?
    private let logger: Logger
    let startedAt: Moment
    private let lastRequestID = Atomic<UInt64>(0)
    private let isDraining = Atomic(false)
    let meter = Mutex(LoadMeter())
    private let state = Mutex(State())

    private struct State {
        var outlets: [ObjectIdentifier: HostOutlet] = [:]
        var lastReceivedAt = 0.0
        var subscriptions: [UInt64: @Sendable () -> Void] = [:]
        var subscriptionCount: UInt64 = 0
    }

    /// - Parameters:
    ///   - tokenizer: For prompts and stop strings in text; without one they are refused.
    ///   - bundle: What GetTokenizer hands out; without one it answers `FAILED_PRECONDITION`.
    ///   - queueSeconds: How long a request may wait for the engine; nil is as long as the call's deadline lets it.
    ///   - flushCache: Has the engine forget the KV of what has ended; nil if it cannot.
    package init(
        engine: any Engine, facts: WorkerFacts, tokenizer: (any Tokenizer)?, bundle: TokenizerBundle?,
        queueSeconds: Double? = nil, flushCache: (@Sendable (_ waitSeconds: Double) async -> CacheFlush)? = nil,
        clock: WorkerClock, logger: Logger
    ) {
        self.engine = engine
        self.facts = facts
        self.tokenizer = tokenizer
        self.bundle = bundle
        self.queueSeconds = queueSeconds
        self.flushCache = flushCache
        self.clock = clock
        self.logger = logger
        startedAt = clock.now()
    }

    var isServing: Bool { !isDraining.load(ordering: .relaxed) }

    /// When the last request came, in seconds since 1970; 0 if there was none.
    var lastReceivedAt: Double { state.withLock { $0.lastReceivedAt } }

    /// Makes health checks fail and ends what never ends by itself; generations go on.
    package func beginDraining() {
        isDraining.store(true, ordering: .relaxed)
        let ends = state.withLock { state in
            defer { state.subscriptions = [:] }
            return Array(state.subscriptions.values)
        }
        for end in ends { end() }
    }

    package func begin(_ call: RPCServerCall, message: ByteBuffer) {
        let bytes = Array(message.readableBytesView)
        let parts = call.path.split(separator: "/", maxSplits: 1)
        guard parts.count == 2 else { return refuse(call, .unimplemented, "there is no method '\(call.path)'") }
        let method = String(parts[1])
        switch String(parts[0]) {
        case Self.dialect.service:
            do {
                try begin(call, method, bytes)
            } catch {
                refuse(call, .invalidArgument, "the request is no message of \(method): \(error)")
            }
        case HealthService.name:
            HealthService.answer(
                call, method: method, bytes, engineService: Self.dialect.service, isServing: isServing)
        default: refuse(call, .unimplemented, "there is no service '\(parts[0])'")
        }
    }

    private func begin(_ call: RPCServerCall, _ method: String, _ bytes: [UInt8]) throws {
        switch method {
        case "Generate": generate(try VLLMGenerateRequest(serializedBytes: bytes), call)
        case "Embed": embed(try VLLMEmbedRequest(serializedBytes: bytes), call)
        case "Abort":
            for wireID in try VLLMAbortRequest(serializedBytes: bytes).requestIds { live.abort(wireID) }
            call.answer(VLLMAbortResponse())
        case "HealthCheck":
            var answer = VLLMHealthCheckResponse()
            answer.healthy = isServing
            answer.message = isServing ? "Health" : "the worker is shutting down"
            call.answer(answer)
        case "GetModelInfo": call.answer(modelInfo)
        case "GetServerInfo": call.answer(serverInfo)
        case "GetLoads": call.answer(loads)
        case "GetTokenizer": sendTokenizer(call)
        case "SubscribeKvEvents":
            subscribe(
                call, wantsRecords: try SMGSubscribeKvEventsRequest(serializedBytes: bytes).loadRecordsBeforeFirstBatch)
        case "FlushCache": flush(try SMGFlushCacheRequest(serializedBytes: bytes), call)
        case "StartProfile", "StopProfile": refuse(call, .unimplemented, "the engine has no profiler")
        default: refuse(call, .unimplemented, "\(Self.dialect.service) has no method \(method)")
        }
    }

    func refuse(_ call: RPCServerCall, _ code: RPCStatusCode, _ message: String) {
        call.finish(RPCStatus(code, message))
    }

    // MARK: The engine's work

    private func generate(_ message: VLLMGenerateRequest, _ call: RPCServerCall) {
        let outlet = outlet(of: call.eventLoop)
        do throws(EngineError) {
            var request = try GenerateReading(card: engine.card, tokenizer: tokenizer).read(message, id: nextID())
            request.generation.queueDeadline = [queueSeconds, call.timeoutSeconds].compactMap { $0 }.min()
                .map { clock.now().advanced(bySeconds: $0) }
            HostedGeneration(request, of: call, self, outlet).start()
        } catch {
            logger.debug(
                "A request was refused.", metadata: ["request": "\(message.requestID)", "error": "\(error)"])
            call.finish(error.status)
        }
    }

    private func embed(_ message: VLLMEmbedRequest, _ call: RPCServerCall) {
        let prompt = message.tokenized.inputIds
        guard !prompt.isEmpty, prompt.allSatisfy({ $0 < engine.card.vocabularySize }) else {
            return refuse(call, .invalidArgument, "tokenized.input_ids: must be tokens of the vocabulary, at least one")
        }
        let request = EmbeddingRequest(id: nextID(), prompt: prompt.map { TokenID(Int32(bitPattern: $0)) })
        HostedEmbedding(request, of: call, engine, outlet(of: call.eventLoop)).start()
    }

    private func nextID() -> RequestID {
        let now = clock.secondsSince1970()
        state.withLock { $0.lastReceivedAt = now }
        return RequestID(lastRequestID.wrappingAdd(1, ordering: .relaxed).newValue)
    }

    /// One consumer an event loop, so that the engine hands all of a step's events to the loop at once.
    private func outlet(of loop: any EventLoop) -> HostOutlet {
        state.withLock { state in
            if let outlet = state.outlets[ObjectIdentifier(loop)] { return outlet }
            let outlet = HostOutlet(loop: loop)
            state.outlets[ObjectIdentifier(loop)] = outlet
            return outlet
        }
    }

    // MARK: Load records

    private func subscribe(_ call: RPCServerCall, wantsRecords: Bool) {
        let subscription = LoadSubscription(call, self)
        let end = SubscriptionEnd(subscription, on: call.eventLoop)
        let id = state.withLock { state in
            state.subscriptionCount += 1
            state.subscriptions[state.subscriptionCount] = { end.end() }
            return state.subscriptionCount
        }
        subscription.onEnd = { [weak self] in self?.state.withLock { $0.subscriptions[id] = nil } }
        subscription.start(wantsRecords: wantsRecords)
    }

    /// Ends a subscription from any thread.
    // @unchecked because the subscription is touched on its event loop alone.
    private final class SubscriptionEnd: @unchecked Sendable {
        private weak var subscription: LoadSubscription?
        private let loop: any EventLoop

        init(_ subscription: LoadSubscription, on loop: any EventLoop) {
            self.subscription = subscription
            self.loop = loop
        }

        func end() {
            loop.execute { self.subscription?.end(RPCStatus(.unavailable, "the worker is shutting down")) }
        }
    }
}
