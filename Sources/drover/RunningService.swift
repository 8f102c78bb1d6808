import Fleet
import Gateway
import Logging
import Observability
import ServiceLifecycle
import ServingModel
import UnixSignals

/// A gateway that runs until the process is told to stop.
enum RunningService {
    /// Every subcommand that is a service says this of its settings.
    static let settingsNote = """
        Every option can also be set in the environment (--drain-seconds as DROVER_DRAIN_SECONDS) and in the file \
        that --config names (drainSeconds). The command line comes first, then the environment, then the file.
        """

    /// Serves until SIGTERM or SIGINT, and then lets what is being answered end. Calls `greet` with the URL.
    static func run(
        _ settings: ServiceSettings, text: TextModel, engine: (any Engine)?, workers: [OrderedWorker] = [],
        greet: @escaping @Sendable (_ url: String) -> Void
    ) async throws {
        let configuration = settings.gateway
        let registry = MetricsRegistry()
        if let engine { EngineMetrics.register(engine, in: registry) }
        let model = ServedModel(
            text, sources: engine.map { [SharedEngine($0)] } ?? [], queueSeconds: configuration.limits.queueSeconds)
        let service = GatewayService(
            configuration: configuration, catalog: ModelCatalog([model]), generates: engine != nil, registry: registry,
            logger: Logger(label: "drover.gateway"), workers: { workers },
            onReady: { host, port in
                greet(url(host: host, port: port, isSecure: configuration.tls != nil))
            })
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: service, successTerminationBehavior: .gracefullyShutdownGroup)]
                    + [settings.keyWatcher].compactMap(\.self).map { .init(service: $0) },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "drover")))
        try await group.run()
    }

    /// Where a service can be reached from this machine.
    static func url(host: String, port: Int, isSecure: Bool) -> String {
        let shown = host == "0.0.0.0" ? "127.0.0.1" : host.contains(":") ? "[\(host)]" : host
        return "\(isSecure ? "https" : "http")://\(shown):\(port)"
    }
}
