import NIOCore
import NIOHTTP2
package import NIOPosix
package import NIOSSL

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A gRPC server over NIOHTTP2, with a channel for each call: for workers and mock engines.
package final class RPCServer: Sendable {
    /// Where it listens, with the real port.
    package let address: RPCAddress
    private let listener: any Channel
    private let connections: ServerConnections

    private init(address: RPCAddress, listener: any Channel, connections: ServerConnections) {
        self.address = address
        self.listener = listener
        self.connections = connections
    }

    /// Listens. Port 0 is any free one; a socket file that is there already is replaced. `tls` is a context whose
    /// `applicationProtocols` name `h2`; client certificates are its affair. Throws what the system says.
    package static func start(
        _ service: any RPCService, at address: RPCAddress, tls: NIOSSLContext? = nil,
        limits: RPCServerLimits = RPCServerLimits(), on group: MultiThreadedEventLoopGroup
    ) async throws -> RPCServer {
        let connections = ServerConnections()
        var bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard connections.add(channel) else { throw ChannelError.ioOnClosedChannel }
                    try configure(channel, service, tls: tls, limits)
                }
            }
        switch address {
        case .tcp(let host, let port):
            bootstrap = bootstrap.childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            #if os(Linux)
                // A client that has vanished is noticed by the PING that it does not acknowledge.
                let lost = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: TCP_USER_TIMEOUT))
                bootstrap = bootstrap.childChannelOption(lost, value: limits.lostSeconds * 1000)
            #endif
            let listener = try await bootstrap.bind(host: host, port: port).get()
            let bound = RPCAddress.tcp(host: host, port: listener.localAddress?.port ?? port)
            return RPCServer(address: bound, listener: listener, connections: connections)
        case .unixSocket(let path):
            let listener = try await bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
            return RPCServer(address: address, listener: listener, connections: connections)
        }
    }

    /// Takes no more connections and calls, lets open calls end for at most `drainSeconds`, and closes.
    package func shutDown(drainSeconds: Double) async {
        try? await listener.close().get()
        if case .unixSocket(let path) = address { unlink(path) }
        for channel in connections.stop() {
            channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
            let end = channel.eventLoop.scheduleTask(in: .fraction(ofSeconds: drainSeconds)) {
                channel.close(promise: nil)
            }
            channel.closeFuture.whenComplete { _ in end.cancel() }
        }
        for channel in connections.stop() { try? await channel.closeFuture.get() }
    }

    private static func configure(
        _ channel: any Channel, _ service: any RPCService, tls: NIOSSLContext?, _ limits: RPCServerLimits
    ) throws {
        let pipeline = channel.pipeline.syncOperations
        if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
        var connection = NIOHTTP2Handler.ConnectionConfiguration()
        connection.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: limits.concurrentStreams),
            HTTP2Setting(parameter: .initialWindowSize, value: limits.streamWindowBytes),
            HTTP2Setting(parameter: .maxHeaderListSize, value: HTTP2Limits.headerBytes),
        ]
        connection.targetWindowSize = limits.connectionWindowBytes
        // Clients are gateways: cancelling calls is everyday work, and frames of cancelled streams are no attack.
        connection.maximumRecentlyResetStreams = 1024
        connection.maximumConnectionGlitches = 1_000_000
        // gRPC's C++ clients measure their connections with PINGs.
        connection.controlFrameRateLimit.maximumCount = 10_000
        var stream = NIOHTTP2Handler.StreamConfiguration()
        stream.targetWindowSize = limits.streamWindowBytes
        stream.outboundBufferSizeHighWatermark = limits.unsentBytes
        stream.outboundBufferSizeLowWatermark = limits.unsentBytes / 2
        stream.streamResetFrameRateLimit.maximumCount = 1_000_000
        stream.streamErrorRateLimit.maximumCount = 1_000_000
        let life = NIOHTTP2ServerConnectionManagementHandler(
            eventLoop: channel.eventLoop,
            configuration: .init(
                maxIdleTime: nil, maxAge: nil, maxGraceTime: nil,
                keepalive: .init(
                    pingInterval: .seconds(Int64(limits.pingSeconds)), ackTimeout: .seconds(Int64(limits.lostSeconds)))
            ))
        _ = try pipeline.configureHTTP2Pipeline(
            mode: .server, connectionConfiguration: connection, streamConfiguration: stream,
            streamDelegate: life.http2StreamDelegate
        ) { stream in
            stream.eventLoop.makeCompletedFuture {
                try stream.pipeline.syncOperations.addHandler(ServerStreamHandler(service, limits: limits))
            }
        }
        try pipeline.addHandler(life)
        try pipeline.addHandler(ServerErrorHandler())
    }
}
