import NIOCore
import NIOEmbedded
import RPCTesting
import RPCTransport
import Testing

/// One connection that a remote engine has asked for; its server is the test.
final class Wire {
    private static let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8.count

    private let channel: EmbeddedChannel
    private(set) var connection: RPCClientConnection?
    /// Settles with the server's first SETTINGS.
    let opening: EventLoopFuture<RPCClientConnection>
    private var unread: ArraySlice<UInt8> = []
    private var hasPreface = false

    init(_ loop: EmbeddedEventLoop, _ limits: RPCClientLimits, _ owner: any RPCClientOwner) throws {
        channel = EmbeddedChannel(loop: loop)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        opening = RPCClientConnection.open(over: channel, authority: "engine:1", limits: limits, owner: owner)
        opening.assumeIsolated().whenSuccess { self.connection = $0 }
    }

    deinit { _ = try? channel.finish(acceptAlreadyClosed: true) }

    var isActive: Bool { channel.isActive }

    /// Calls that have not ended, as the connection sees it.
    var openCalls: Int { connection?.openCalls ?? 0 }

    // MARK: What the server does

    func accept() { feed(Server.settings()) }

    /// One read of the client.
    func feed(_ bytes: [UInt8]) {
        guard channel.isActive, !bytes.isEmpty else { return }
        // Errors are the connection's affair; the embedded channel has none.
        _ = try? channel.writeInbound(ByteBuffer(bytes: bytes))
        channel.embeddedEventLoop.run()
    }

    /// The server closes the connection, or refuses it.
    func hangUp() {
        channel.pipeline.fireChannelInactive()
        channel.embeddedEventLoop.run()
    }

    /// What the client has sent since the last call.
    func sent() throws -> [Frame] {
        channel.embeddedEventLoop.run()
        while var buffer = try channel.readOutbound(as: ByteBuffer.self) {
            unread += buffer.readBytes(length: buffer.readableBytes) ?? []
        }
        if !hasPreface, !unread.isEmpty {
            unread = unread.dropFirst(Self.preface)
            hasPreface = true
        }
        var frames: [Frame] = []
        while let frame = Frame.take(&unread) { frames.append(frame) }
        return frames
    }
}
