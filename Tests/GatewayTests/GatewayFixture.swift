import ChatTemplates
import Fleet
import Gateway
import InMemoryLogging
import Logging
import NIOEmbedded
import Observability
import OpenAIAPI
import OutputParsing
import ServingModel
import ServingTesting

/// A gateway on an embedded event loop before a scripted engine.
final class GatewayFixture {
    let loop = EmbeddedEventLoop()
    let clock = ManualClock()
    let registry = MetricsRegistry()
    let log = InMemoryLogHandler()
    let engine: ScriptedEngine
    let service: GatewayService
    let state: LoopState

    static let model = ModelID("tiny")

    init(
        _ scripts: [Script] = [], contextTokens: Int = 4096, parallelSequences: Int = 8, queueRequests: Int = 64,
        template: ChatTemplate? = TinyVocabulary.template, format: OutputFormat? = nil, hasEngine: Bool = true,
        pools: [WorkerPool] = [], tls: TLSIdentity? = nil, authenticator: (any Authenticator)? = nil,
        workers: [OrderedWorker] = [],
        limits change: (inout GatewayConfiguration.Limits) -> Void = { _ in }
    ) {
        let card = EngineCard(
            model: Self.model, contextTokens: contextTokens, parallelSequences: parallelSequences,
            vocabularySize: TinyVocabulary.size)
        engine = ScriptedEngine(card: card, queueRequests: queueRequests, now: { [clock] in clock.now })
        engine.play(scripts)
        var configuration = GatewayConfiguration()
        configuration.limits.inlineBodyBytes = 1 << 24
        configuration.tls = tls
        configuration.authenticator = authenticator
        change(&configuration.limits)
        let listing = ModelListing(
            model: Self.model, created: 1_700_000_000, owner: "drover", contextTokens: contextTokens)
        if hasEngine { EngineMetrics.register(engine, in: registry) }
        let text = TextModel(
            tokenizer: TinyVocabulary.tokenizer, template: template, format: format, listing: listing)
        var sources: [any EngineSource] = pools.map { PooledEngineSource($0, now: { WallClock.now }) }
        if hasEngine, pools.isEmpty { sources = [SharedEngine(engine)] }
        let model = ServedModel(text, sources: sources, queueSeconds: configuration.limits.queueSeconds)
        service = GatewayService(
            configuration: configuration, catalog: ModelCatalog([model]), generates: hasEngine, registry: registry,
            logger: Logger(label: "test") { [log] _ in log }, workers: { workers },
            reports: { pools.flatMap(\.workers).map { WorkerReport(id: $0.id, workers: [$0]) } }, onReady: { _, _ in })
        state = LoopState(loop: loop)
        service.add(state)
    }

    func connect() throws -> TestClient { try TestClient(self) }

    /// Lets the engine work and the loop deliver until nothing is left to do.
    func settle() {
        loop.run()
        while engine.step() { loop.run() }
    }

    /// One engine step and its delivery.
    func step() {
        engine.step()
        loop.run()
    }

    /// Sends one request on a connection of its own and lets it be answered.
    func answer(_ request: [UInt8]) throws -> HTTPAnswer {
        let client = try connect()
        client.send(request)
        settle()
        return try client.onlyAnswer()
    }

    /// The log's lines of a message.
    func lines(_ message: Logger.Message) -> [InMemoryLogHandler.Entry] { log.entries.filter { $0.message == message } }

    /// The value of one sample of the metrics, with its labels.
    func metric(_ name: String) -> String? {
        var text: [UInt8] = []
        registry.append(to: &text)
        return String(decoding: text, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix(name + " ") }
            .map { String($0.dropFirst(name.count + 1)) }
    }
}
