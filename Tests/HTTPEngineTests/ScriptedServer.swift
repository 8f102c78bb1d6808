import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A server on a free port of this machine that answers each request as a script says, byte for byte.
final class ScriptedServer: Sendable {
    typealias Script = @Sendable (ScriptedExchange) -> Void

    private let channel: any Channel
    let connections: NIOLoopBoundBox<Int>

    var port: Int { channel.localAddress?.port ?? 0 }

    /// Runs `body` while a server serves; then closes its port.
    static func with(
        tls: NIOSSLContext? = nil, _ script: @escaping Script, _ body: (ScriptedServer) async throws -> Void
    ) async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let connections = NIOLoopBoundBox.makeBoxSendingValue(0, eventLoop: loop)
        let channel = try await ServerBootstrap(group: loop)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    connections.value += 1
                    if let tls { try child.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try child.pipeline.syncOperations.addHandler(
                        ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
                    try child.pipeline.syncOperations.addHandler(RequestCollector(script: script))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = ScriptedServer(channel: channel, connections: connections)
        do {
            try await body(server)
        } catch {
            try await channel.close()
            throw error
        }
        try await channel.close()
    }

    private init(channel: any Channel, connections: NIOLoopBoundBox<Int>) {
        self.channel = channel
        self.connections = connections
    }

    /// How many connections were accepted.
    var connectionCount: Int {
        get async throws { try await channel.eventLoop.submit { self.connections.value }.get() }
    }

    /// Gathers whole requests.
    private final class RequestCollector: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart

        private let script: Script
        private var head: HTTPRequestHead?
        private var body = ByteBuffer()

        init(script: @escaping Script) { self.script = script }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                self.head = head
                body.clear()
            case .body(let bytes): body.writeImmutableBuffer(bytes)
            case .end:
                guard let head else { return }
                script(ScriptedExchange(head: head, body: body, channel: context.channel))
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
