import Gateway
import Logging
import NIOCore
import NIOPosix
import RPCTransport
import ServiceLifecycle
import ServingModel
import UnixSignals
import WorkerHost

/// A worker that runs until the process is told to stop.
struct RunningHost: Service {
    let host: EngineHost
    let engine: any Engine
    let address: RPCAddress
    let tls: TLSIdentity?
    let eventLoops: Int
    let drainSeconds: Double
    /// Called once, with the address that is listened on.
    let greet: @Sendable (RPCAddress) -> Void

    /// Serves until SIGTERM or SIGINT, and then lets what is being generated end.
    func runUntilStopped() async throws {
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: self, successTerminationBehavior: .gracefullyShutdownGroup)],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "drover")))
        try await group.run()
    }

    func run() async throws {
        // The loops end with `run`, whichever way it ends.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: eventLoops)
        do {
            let server = try await RPCServer.start(host, at: address, tls: tls?.context, on: group)
            greet(server.address)
            try? await gracefulShutdown()
            host.beginDraining()
            await server.shutDown(drainSeconds: drainSeconds)
        } catch {
            await stop(group)
            throw error
        }
        await stop(group)
    }

    private func stop(_ group: MultiThreadedEventLoopGroup) async {
        await engine.shutDown()
        try? await group.shutdownGracefully()
    }
}
