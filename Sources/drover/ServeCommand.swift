import ArgumentParser
import Gateway
import LlamaEngine
import Logging
import Observability
import OpenAIAPI
import ServiceLifecycle
import ServingModel
import UnixSignals

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serves a model on this machine over the OpenAI API, with the embedded engine.",
        discussion: """
            Every option can also be set in the environment (--queue-seconds as DROVER_QUEUE_SECONDS) and in the file \
            that --config names (queueSeconds). The command line comes first, then the environment, then the file.
            """)

    @OptionGroup var options: ServeOptions

    func run() async throws {
        let settings = try ServeSettings(try await options.reader())
        LoggingSystem.bootstrap { label in
            LineLogHandler(label: label, form: settings.logForm, level: settings.logLevel)
        }
        let file = try ModelFile(path: settings.modelPath)
        let weights = try LlamaModel(path: settings.modelPath, gpuLayers: settings.gpuLayers)
        let engine = try EmbeddedEngine(
            model: weights, configuration: settings.engine, drawSeed: { .random(in: 0 ... .max) },
            now: { WallClock.now })
        let listing = ModelListing(
            model: engine.card.model, created: WallClock.secondsSince1970, owner: "drover",
            contextTokens: engine.card.contextTokens)
        let model = ServedModel(
            engine: engine, tokenizer: file.tokenizer, template: file.template,
            format: settings.outputFormat.format(found: file.format), listing: listing)
        let service = GatewayService(
            configuration: settings.gateway, model: model, registry: MetricsRegistry(),
            logger: Logger(label: "drover.gateway"),
            onReady: { host, port in Greeting.show(host: host, port: port, model: model, summary: weights.summary) })
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: service, successTerminationBehavior: .gracefullyShutdownGroup)],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "drover")))
        try await group.run()
    }
}
