import Fleet
import Gateway
import Logging
import NIOCore
import NIOPosix
import Observability
import Synchronization

/// A gateway on a port of the system's choice, for what takes threads.
struct RunningGateway {
    private let group: MultiThreadedEventLoopGroup
    private let port: Int

    static func run<Result: Sendable>(
        workers: [OrderedWorker], _ test: @escaping @Sendable (RunningGateway) async throws -> Result
    ) async throws -> Result {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let (ports, ready) = AsyncStream<Int>.makeStream()
        var configuration = GatewayConfiguration()
        configuration.port = 0
        configuration.limits.drainSeconds = 0
        let service = GatewayService(
            configuration: configuration, catalog: ModelCatalog(), registry: MetricsRegistry(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, group: group, workers: { workers },
            onReady: { _, port in ready.yield(port) })
        let running = Task { try await service.run() }
        var port = 0
        for await found in ports {
            port = found
            break
        }
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(try await test(RunningGateway(group: group, port: port)))
        } catch {
            outcome = .failure(error)
        }
        running.cancel()
        try await running.value
        try await group.shutdownGracefully()
        return try outcome.get()
    }

    func connect() async throws -> any Channel {
        try await ClientBootstrap(group: group).connect(host: "127.0.0.1", port: port).get()
    }

    /// Sends a request that asks for the connection to be closed behind its answer.
    func answer(_ request: [UInt8]) async throws -> HTTPAnswer {
        let received = Collector()
        let client = try await ClientBootstrap(group: group)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(received) }
            }
            .connect(host: "127.0.0.1", port: port).get()
        try await client.writeAndFlush(ByteBuffer(bytes: request))
        try await client.closeFuture.get()
        guard let answer = try HTTPAnswer.parse(received.taken, heads: [], isEnded: true).first else {
            throw HTTPAnswer.Malformed("there is no answer")
        }
        return answer
    }

    /// Keeps what arrives.
    private final class Collector: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        private let bytes = Mutex<[UInt8]>([])

        var taken: [UInt8] { bytes.withLock { $0 } }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let part = unwrapInboundIn(data)
            bytes.withLock { $0 += part.readableBytesView }
        }
    }
}
