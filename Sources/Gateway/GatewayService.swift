package import Fleet
package import Logging
package import NIOCore
import NIOHTTP1
package import NIOPosix
import NIOSSL
package import Observability
import OpenAIAPI
import ServiceLifecycle
import ServingModel
import Synchronization

/// The gateway as a service: listens, answers, and on the way down lets running streams end.
package final class GatewayService: Service {
    let configuration: GatewayConfiguration
    let metrics: GatewayMetrics
    let logger: Logger
    private let catalog: ModelCatalog
    private let registry: MetricsRegistry
    private let preparer: Preparer
    /// Its threads are someone else's, and go on after `run`; nil if the gateway has its own.
    private let group: MultiThreadedEventLoopGroup?
    private let reports: @Sendable () -> [WorkerReport]
    private let onReady: @Sendable (_ host: String, _ port: Int) -> Void
    private let draining = Atomic(false)
    /// One for each event loop; each is touched on its own loop alone.
    private let loops = Mutex<[LoopState]>([])
    private let modelsToldOfVainTools = Mutex<Set<ModelID>>([])

    /// - Parameters:
    ///   - catalog: what is served; it may change at any time.
    ///   - generates: whether models have engines; else texts are all that is served.
    ///   - group: the event loops of the connections; nil makes as many as the configuration says.
    ///   - workers: who can be told to flush a cache or to profile, whenever it is asked for.
    ///   - reports: the same as they are at present.
    ///   - onReady: called once, with the address that is listened on.
    package init(
        configuration: GatewayConfiguration, catalog: ModelCatalog, generates: Bool = true, registry: MetricsRegistry,
        logger: Logger, group: MultiThreadedEventLoopGroup? = nil,
        workers: @escaping @Sendable () -> [OrderedWorker] = { [] },
        reports: @escaping @Sendable () -> [WorkerReport] = { [] },
        onReady: @escaping @Sendable (_ host: String, _ port: Int) -> Void
    ) {
        self.configuration = configuration
        self.catalog = catalog
        self.generates = generates
        self.registry = registry
        self.logger = logger
        self.group = group
        self.workers = workers
        self.reports = reports
        self.onReady = onReady
        metrics = GatewayMetrics(registry: registry)
        WorkerMetrics.register(reports, in: registry)
        preparer = Preparer(
            pool: NIOThreadPool(numberOfThreads: configuration.preparingThreads),
            inlineBodyBytes: configuration.limits.inlineBodyBytes)
    }

    /// Who can be told to do something beside requests, at present.
    let workers: @Sendable () -> [OrderedWorker]
    /// Whether there are engines that generate.
    let generates: Bool

    /// Whether new connections are refused and kept ones closed after their answer.
    var isDraining: Bool { draining.load(ordering: .relaxed) }

    package func run() async throws {
        // The loops and the pool end with `run`, whichever way it ends.
        let group = group ?? MultiThreadedEventLoopGroup(numberOfThreads: configuration.eventLoops)
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
        for backend in catalog.all.flatMap(\.backends) { await backend.source.shutDown() }
        try? await preparer.pool.shutdownGracefully()
        if self.group == nil { try? await group.shutdownGracefully() }
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
        let pipeline = channel.pipeline.syncOperations
        if let tls = configuration.tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls.context)) }
        try pipeline.addHandler(ConnectionStart(service: self, state: state))
    }

    // MARK: Requests

    /// Answers a request that has arrived whole. On the connection's event loop.
    func handle(_ route: Route, _ head: HTTPRequestHead, body: ByteBuffer, on connection: any RequestCarrier) {
        do throws(APIError) {
            let now = WallClock.now
            switch route {
            case .chatCompletions:
                generate(head, body, on: connection) { preparation, body throws(APIError) in
                    try preparation.chat(body, now: now)
                }
            case .completions:
                generate(head, body, on: connection) { preparation, body throws(APIError) in
                    try preparation.completion(body, now: now)
                }
            case .embeddings:
                embed(head, body, on: connection) { preparation, body throws(APIError) in
                    try preparation.embeddings(body, now: now)
                }
            case .score:
                embed(head, body, on: connection) { preparation, body throws(APIError) in
                    try preparation.score(body, now: now)
                }
            case .rerank:
                embed(head, body, on: connection) { preparation, body throws(APIError) in
                    try preparation.rerank(body, now: now)
                }
            case .abort: abort(try AbortRequest.decode(Array(body.readableBytesView)), on: connection)
            case .flushCache: try order(.flushCache, body, on: connection)
            case .startProfile: try order(.startProfile, body, on: connection)
            case .stopProfile: try order(.stopProfile, body, on: connection)
            case .tokenize: answer(body, on: connection) { texts, body throws(APIError) in try texts.tokenize(body) }
            case .detokenize:
                answer(body, on: connection) { texts, body throws(APIError) in try texts.detokenize(body) }
            case .count: answer(body, on: connection) { texts, body throws(APIError) in try texts.count(body) }
            case .render: answer(body, on: connection) { texts, body throws(APIError) in try texts.render(body) }
            case .models:
                var body: [UInt8] = []
                ModelListing.append(catalog.all.map(\.listing), to: &body)
                connection.respond(body)
            case .model(let id):
                guard let model = catalog.model(ModelID(id)) else { throw .modelNotFound(.init(id)) }
                var body: [UInt8] = []
                model.listing.append(to: &body)
                connection.respond(body)
            case .health: connection.respond(Array(#"{"status":"ok"}"#.utf8))
            case .readiness: answerReadiness(on: connection)
            case .workers:
                var body: [UInt8] = []
                WorkerReport.append(reports(), now, to: &body)
                connection.respond(body)
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

    private func answerReadiness(on connection: any RequestCarrier) {
        let retryAfter = configuration.limits.retryAfterSeconds
        if isDraining { return connection.respond(.shuttingDown(retryAfterSeconds: retryAfter)) }
        let models = catalog.all
        guard !models.isEmpty else {
            return connection.respond(.unavailable("No model is served yet.", retryAfterSeconds: retryAfter))
        }
        let now = WallClock.now
        guard !generates || models.contains(where: { $0.canServe(now) }) else {
            return connection.respond(.unavailable("No model has a healthy worker.", retryAfterSeconds: retryAfter))
        }
        connection.respond(Array(#"{"status":"ready"}"#.utf8))
    }

    private func answer(
        _ body: ByteBuffer, on connection: any RequestCarrier,
        _ work: @escaping @Sendable (TextPreparation, [UInt8]) throws(APIError) -> [UInt8]
    ) {
        let batched: @Sendable ([UInt8]) throws(APIError) -> [UInt8] = { [catalog] body throws(APIError) in
            try BatchedRequest.answer(body) { part throws(APIError) in
                let model = try catalog.model(for: part)
                guard let texts = model.texts else {
                    throw .invalid("model", "the tokenizer of '\(model.listing.model)' is not known here")
                }
                return try work(texts, part)
            }
        }
        preparer.run(body, on: connection.loop, batched) { outcome in
            switch outcome {
            case .success(let body): connection.respond(body)
            case .failure(let error): connection.respond(error)
            }
        }
    }

    private func generate(
        _ head: HTTPRequestHead, _ body: ByteBuffer, on connection: any RequestCarrier,
        _ work: @escaping @Sendable (RequestPreparation, [UInt8]) throws(APIError) -> PreparedGeneration
    ) {
        serve(head, body, on: connection, isGeneration: true) { backend, body throws(APIError) in
            try work(backend.generation, body)
        } begin: { prepared in
            if prepared.offersToolsInVain { self.tellOfVainTools(prepared.text.id) }
            connection.begin(prepared)
        }
    }

    private func embed(
        _ head: HTTPRequestHead, _ body: ByteBuffer, on connection: any RequestCarrier,
        _ work: @escaping @Sendable (EmbeddingPreparation, [UInt8]) throws(APIError) -> PreparedEmbedding
    ) {
        serve(head, body, on: connection, isGeneration: false) { backend, body throws(APIError) in
            try work(backend.embedding, body)
        } begin: { prepared in
            connection.begin(prepared)
        }
    }

    /// Prepares a request for the engines of its model, or has it forwarded to a server of the same API.
    private func serve<Prepared: Sendable>(
        _ head: HTTPRequestHead, _ body: ByteBuffer, on connection: any RequestCarrier, isGeneration: Bool,
        _ work: @escaping @Sendable (ServedModel.Backend, [UInt8]) throws(APIError) -> Prepared,
        begin: @escaping (Prepared) -> Void
    ) {
        let path = String(head.uri.prefix { $0 != "?" })
        let prepare: @Sendable ([UInt8]) throws(APIError) -> Work<Prepared> = { [catalog] body throws(APIError) in
            let model = try catalog.model(for: body)
            switch model.destination(WallClock.now) {
            case .tokens(let backend): return .own(try work(backend, body))
            case .text(let pool):
                return .others(PreparedForward(pool: pool, path: path, isGeneration: isGeneration, body: body))
            case .nowhere: throw .invalid("model", "no engine serves '\(model.listing.model)'")
            }
        }
        preparer.run(body, on: connection.loop, prepare) { outcome in
            switch outcome {
            case .success(.own(let prepared)): begin(prepared)
            case .success(.others(let prepared)):
                connection.begin(prepared, headers: head.headers.map { ($0.name, $0.value) })
            case .failure(let error): connection.respond(error)
            }
        }
    }

    /// What a request has become.
    private enum Work<Prepared: Sendable>: Sendable {
        case own(Prepared)
        case others(PreparedForward)
    }

    /// Ends requests by their names, wherever they are, and answers which were found.
    private func abort(_ request: AbortRequest, on connection: any RequestCarrier) {
        let searches = loops.withLock { $0 }.map { state in
            state.outlet.loop.submit {
                request.names.filter { state.outlet.abort($0) }
            }
        }
        let loop = connection.loop
        nonisolated(unsafe) let connection = connection
        EventLoopFuture.whenAllSucceed(searches, on: loop).whenComplete { found in
            let aborted = Set(((try? found.get()) ?? []).joined())
            var body: [UInt8] = []
            AbortResponse(
                aborted: request.names.filter(aborted.contains),
                notFound: request.names.filter { !aborted.contains($0) }
            ).append(to: &body)
            connection.respond(body)
        }
    }

    /// Makes an event loop's connections known.
    package func add(_ state: LoopState) { loops.withLock { $0.append(state) } }

    /// Says once that a model's calls will not be recognised.
    private func tellOfVainTools(_ model: ModelID) {
        guard modelsToldOfVainTools.withLock({ $0.insert(model).inserted }) else { return }
        logger.notice(
            """
            A request offers tools, but it is not known how the model writes calls: its text stays text unless \
            tool_choice forces a call. --output-format names a format.
            """, metadata: ["model": "\(model)"])
    }
}
