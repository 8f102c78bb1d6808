package import Logging
package import NIOCore
import NIOHTTP1
import NIOPosix
package import Observability
import OpenAIAPI
import ServiceLifecycle
package import ServingModel
import Synchronization

/// The gateway as a service: listens, answers, and on the way down lets running streams end.
package final class GatewayService: Service {
    let configuration: GatewayConfiguration
    let text: TextModel
    let metrics: GatewayMetrics
    let logger: Logger
    private let registry: MetricsRegistry
    private let texts: TextPreparation
    /// Nil if there is no engine: texts are all that is served then.
    private let generation: (model: ServedModel, preparation: RequestPreparation)?
    private let preparer: Preparer
    private let onReady: @Sendable (_ host: String, _ port: Int) -> Void
    private let draining = Atomic(false)
    private let hasToldOfVainTools = Atomic(false)

    /// - Parameters:
    ///   - engine: nil to serve what needs none: tokenizing, counting, rendering.
    ///   - onReady: called once, with the address that is listened on.
    package init(
        configuration: GatewayConfiguration, text: TextModel, engine: (any Engine)?, registry: MetricsRegistry,
        logger: Logger,
        onReady: @escaping @Sendable (_ host: String, _ port: Int) -> Void
    ) {
        self.configuration = configuration
        self.text = text
        self.registry = registry
        self.logger = logger
        self.onReady = onReady
        metrics = GatewayMetrics(registry: registry, engine: engine)
        let texts = TextPreparation(model: text)
        self.texts = texts
        generation = engine.map { engine in
            (
                ServedModel(engine: engine, text: text),
                RequestPreparation(
                    engine: engine.card, texts: texts, queueSeconds: configuration.limits.queueSeconds)
            )
        }
        preparer = Preparer(
            pool: NIOThreadPool(numberOfThreads: configuration.preparingThreads),
            inlineBodyBytes: configuration.limits.inlineBodyBytes)
    }

    /// Whether there is an engine that generates.
    var generates: Bool { generation != nil }

    /// Whether new connections are refused and kept ones closed after their answer.
    var isDraining: Bool { draining.load(ordering: .relaxed) }

    package func run() async throws {
        // The loops and the pool end with `run`, whichever way it ends.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.eventLoops)
        preparer.pool.start()
        do {
            let listener = try await GatewayListener.start(self, on: group)
            onReady(listener.host, listener.port)
            try? await gracefulShutdown()
            draining.store(true, ordering: .relaxed)
            await listener.drain(seconds: configuration.limits.drainSeconds)
        } catch {
            await stop(group)
            throw error
        }
        await stop(group)
    }

    private func stop(_ group: MultiThreadedEventLoopGroup) async {
        await generation?.model.engine.shutDown()
        try? await preparer.pool.shutdownGracefully()
        try? await group.shutdownGracefully()
    }

    /// Makes a channel into a connection of the gateway, or throws if its loop has as many as it may; on the event loop
    /// of both.
    package func addHandlers(to channel: any Channel, of state: LoopState) throws {
        let limits = configuration.limits
        guard state.count < max(limits.connections / configuration.eventLoops, 1) else {
            metrics.refusedConnections.add()
            logger.warning("A connection was refused: there are too many.")
            throw GatewayError.tooManyConnections
        }
        var headLimits = NIOHTTPDecoderLimitConfiguration()
        headLimits.maxHeaderFieldSize = limits.headerFieldBytes
        headLimits.maxHeaderListSize = limits.headerBytes
        headLimits.maxHeaderFieldCount = limits.headerFields
        let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: headLimits)
        try channel.pipeline.syncOperations.addHandlers([
            ByteToMessageHandler(decoder, maximumBufferSize: limits.headerBytes + limits.pipelinedBytes),
            HTTPConnection(service: self, state: state),
        ])
    }

    // MARK: Requests

    /// Answers a request that has arrived whole. On the connection's event loop.
    func handle(_ head: HTTPRequestHead, body: ByteBuffer, on connection: HTTPConnection) {
        do throws(APIError) {
            let texts = texts
            let now = WallClock.now
            switch try Route.find(head, withEngine: generates) {
            case .chatCompletions:
                generate(body, on: connection) { preparation, body throws(APIError) in
                    try preparation.chat(body, now: now)
                }
            case .completions:
                generate(body, on: connection) { preparation, body throws(APIError) in
                    try preparation.completion(body, now: now)
                }
            case .tokenize: answer(body, on: connection) { body throws(APIError) in try texts.tokenize(body) }
            case .detokenize: answer(body, on: connection) { body throws(APIError) in try texts.detokenize(body) }
            case .count: answer(body, on: connection) { body throws(APIError) in try texts.count(body) }
            case .render: answer(body, on: connection) { body throws(APIError) in try texts.render(body) }
            case .models:
                var body: [UInt8] = []
                ModelListing.append([text.listing], to: &body)
                connection.respond(body)
            case .model(let id):
                guard id == text.id.rawValue else { throw .modelNotFound(.init(id)) }
                var body: [UInt8] = []
                text.listing.append(to: &body)
                connection.respond(body)
            case .health: connection.respond(Array(#"{"status":"ok"}"#.utf8))
            case .readiness: answerReadiness(on: connection)
            case .metrics:
                var body: [UInt8] = []
                registry.append(to: &body)
                connection.respond(
                    status: 200, contentType: MetricsRegistry.contentType, body: body, fields: [])
            }
        } catch {
            connection.respond(error)
        }
    }

    private func answerReadiness(on connection: HTTPConnection) {
        let retryAfter = configuration.limits.retryAfterSeconds
        if isDraining { return connection.respond(.shuttingDown(retryAfterSeconds: retryAfter)) }
        connection.respond(Array(#"{"status":"ready"}"#.utf8))
    }

    private func answer(
        _ body: ByteBuffer, on connection: HTTPConnection,
        _ work: @escaping @Sendable ([UInt8]) throws(APIError) -> [UInt8]
    ) {
        let texts = texts
        let batched: @Sendable ([UInt8]) throws(APIError) -> [UInt8] = { body throws(APIError) in
            try texts.answer(body, with: work)
        }
        preparer.run(body, on: connection.loop, batched) { outcome in
            switch outcome {
            case .success(let body): connection.respond(body)
            case .failure(let error): connection.respond(error)
            }
        }
    }

    private func generate(
        _ body: ByteBuffer, on connection: HTTPConnection,
        _ work: @escaping @Sendable (RequestPreparation, [UInt8]) throws(APIError) -> PreparedGeneration
    ) {
        guard let (model, preparation) = generation else { preconditionFailure("without an engine nothing leads here") }
        let prepare: @Sendable ([UInt8]) throws(APIError) -> PreparedGeneration = { body throws(APIError) in
            try work(preparation, body)
        }
        preparer.run(body, on: connection.loop, prepare) { outcome in
            switch outcome {
            case .success(let prepared):
                if prepared.offersToolsInVain { self.tellOfVainTools() }
                connection.begin(prepared, of: model)
            case .failure(let error): connection.respond(error)
            }
        }
    }

    /// Says once that the model's calls will not be recognised.
    private func tellOfVainTools() {
        guard !hasToldOfVainTools.exchange(true, ordering: .relaxed) else { return }
        logger.notice(
            """
            A request offers tools, but it is not known how the model writes calls: its text stays text unless \
            tool_choice forces a call. --output-format names a format.
            """, metadata: ["model": "\(text.id)"])
    }
}
