import ArgumentParser
import Fleet
import Gateway
import Logging
import NIOCore
import NIOPosix
import Observability
import ServiceLifecycle
import UnixSignals

struct GatewayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateway",
        abstract: "Serves models over the OpenAI API in front of engines: vLLM, SGLang, TensorRT-LLM and others.",
        discussion: RunningService.settingsNote)

    @OptionGroup var options: GatewayOptions

    func run() async throws {
        let settings = try GatewaySettings(try await options.reader())
        settings.service.startLogging()
        let gateway = settings.service.gateway
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: gateway.eventLoops)
        let fleet = try GatewayFleet(settings, group: loops)
        let watch = FleetService(
            fleet.members, configuration: settings.fleet, logger: Logger(label: "drover.fleet"),
            sleep: { try await ContinuousClock().sleep(for: .seconds($0)) },
            apply: { try await fleet.apply($0, $1) })
        let registry = MetricsRegistry()
        let service = GatewayService(
            configuration: gateway, catalog: fleet.catalog, registry: registry, logger: Logger(label: "drover.gateway"),
            group: loops, workers: { fleet.orderedWorkers }, reports: { fleet.reports }
        ) { host, port in
            let url = RunningService.url(host: host, port: port, isSecure: gateway.tls != nil)
            Greeting.showGateway(at: url, workers: settings.workers.count)
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(service: service, successTerminationBehavior: .gracefullyShutdownGroup),
                    .init(service: watch),
                ] + [settings.service.keyWatcher].compactMap(\.self).map { .init(service: $0) },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "drover")))
        try await group.run()
        await fleet.shutDown()
        try? await loops.shutdownGracefully()
    }
}
