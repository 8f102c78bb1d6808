import NIOCore
import NIOPosix
import ServingModel

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The listening socket and the connections that came of it.
struct GatewayListener {
    private let channel: any Channel
    private let states: [LoopState]
    let host: String
    let port: Int

    private static let sweepSeconds: Int64 = 1
    private static let backlog: Int32 = 1024

    static func start(_ service: GatewayService, on group: MultiThreadedEventLoopGroup) async throws -> GatewayListener
    {
        let configuration = service.configuration
        let states = group.makeIterator().map { LoopState(loop: $0) }
        for state in states { service.add(state) }
        let stateOfLoop = Dictionary(
            uniqueKeysWithValues: states.map { (ObjectIdentifier($0.outlet.loop), $0) })
        let outbound = configuration.limits.outboundBytes
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: outbound / 4, high: outbound))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let state = stateOfLoop[ObjectIdentifier(channel.eventLoop)] else {
                        preconditionFailure("every loop of the group has its state")
                    }
                    try service.addHandlers(to: channel, of: state)
                }
            }
        let channel: any Channel
        do {
            channel = try await bootstrap.bind(host: configuration.host, port: configuration.port).get()
        } catch {
            throw GatewayError.cannotListen(
                host: configuration.host, port: configuration.port, reason: Self.reason(error))
        }
        for state in states { startSweeping(state) }
        return GatewayListener(
            channel: channel, states: states, host: configuration.host, port: channel.localAddress?.port ?? 0)
    }

    private static func reason(_ error: any Error) -> String {
        (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
    }

    private static func startSweeping(_ state: LoopState) {
        state.outlet.loop.scheduleRepeatedTask(initialDelay: .seconds(sweepSeconds), delay: .seconds(sweepSeconds)) {
            _ in
            state.sweep(WallClock.now)
        }
    }

    /// Stops listening, waits for what is being answered, and after `seconds` breaks off what is left.
    func drain(seconds: Double) async {
        try? await channel.close()
        var ends: [EventLoopFuture<Void>] = []
        for state in states {
            ends.append(state.outlet.loop.flatSubmit { state.drain(seconds: seconds) })
        }
        for end in ends { try? await end.get() }
    }
}
