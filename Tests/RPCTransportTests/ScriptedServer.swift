import NIOCore
import NIOEmbedded
import NIOHPACK
import RPCTesting
import RPCTransport
import Testing

/// A client connection over an embedded channel, whose server is the test.
final class ScriptedServer {
    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    static let path = RPCPath(service: "test.Service", method: "Method")

    private let channel = EmbeddedChannel()
    private(set) var owner = RecordingOwner()
    private(set) var connection: RPCClientConnection!
    private(set) var failure: RPCStatus?
    private let writeCounter = WriteCounter()
    private var unread: ArraySlice<UInt8> = []
    private var hasPreface = false
    private var decoder = HPACKDecoder(allocator: ByteBufferAllocator())

    /// Connects; with settings, also answers with them and throws away what the client said so far.
    init(
        limits: RPCClientLimits = RPCClientLimits(), settings: [(Int, Int)]? = [], firstStreamID: UInt32 = 1
    ) throws {
        try channel.pipeline.syncOperations.addHandler(writeCounter)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        RPCClientConnection.open(
            over: channel, authority: "engine:50051", firstStreamID: firstStreamID, limits: limits, owner: owner
        ).assumeIsolated().whenComplete { result in
            switch result {
            case .success(let connection): self.connection = connection
            case .failure(let error): self.failure = error as? RPCStatus
            }
        }
        guard let settings else { return }
        feed(Server.settings(settings))
        _ = try #require(connection)
        _ = try sent()
    }

    deinit {
        _ = try? channel.finish(acceptAlreadyClosed: true)
    }

    /// How often the client has flushed.
    var writes: Int { writeCounter.flushes }

    /// The connection's owner goes away without a word.
    func dropOwner() { owner = RecordingOwner() }

    /// One read of the client.
    func feed(_ bytes: [UInt8]) {
        guard channel.isActive else { return }
        // Errors are the connection's affair; the embedded channel has none.
        _ = try? channel.writeInbound(ByteBuffer(bytes: bytes))
    }

    /// Begins a call and lets its bytes out.
    func begin(_ message: [UInt8] = [], timeoutSeconds: Double? = nil) -> RPCCall {
        let call = connection.begin(path: Self.path, message: message, timeoutSeconds: timeoutSeconds)
        tick()
        return call
    }

    func cancel(_ call: RPCCall) {
        connection.cancel(call)
        owner.cancelled(call)
        tick()
    }

    var isActive: Bool { channel.isActive }

    /// Whether the client's socket takes more.
    func setWritable(_ isWritable: Bool) {
        channel.isWritable = isWritable
        channel.pipeline.fireChannelWritabilityChanged()
    }

    /// The server closes the connection.
    func hangUp() { channel.pipeline.fireChannelInactive() }

    /// The socket, or TLS, fails.
    func fail(_ error: any Error) { channel.pipeline.fireErrorCaught(error) }

    func tick() { channel.embeddedEventLoop.run() }

    func advance(seconds: Double) {
        channel.embeddedEventLoop.advanceTime(by: .nanoseconds(Int64(seconds * 1e9)))
    }

    /// What the client has sent since the last call.
    func sent() throws -> [Frame] {
        while var buffer = try channel.readOutbound(as: ByteBuffer.self) {
            unread += buffer.readBytes(length: buffer.readableBytes) ?? []
        }
        if !hasPreface, !unread.isEmpty {
            #expect(unread.starts(with: Self.preface))
            unread = unread.dropFirst(Self.preface.count)
            hasPreface = true
        }
        var frames: [Frame] = []
        while let frame = Frame.take(&unread) { frames.append(frame) }
        #expect(unread.isEmpty, "the client writes whole frames")
        return frames
    }

    /// Decodes what a HEADERS frame of the client says.
    func fields(_ frame: Frame) throws -> [String: String] {
        Dictionary(try decode(frame).map { ($0.name, $0.value) }) { first, _ in first }
    }

    /// The names in a HEADERS frame of the client, in order.
    func names(_ frame: Frame) throws -> [String] { try decode(frame).map(\.name) }

    private func decode(_ frame: Frame) throws -> HPACKHeaders {
        var bytes = ByteBuffer(bytes: frame.payload)
        return try decoder.decodeHeaders(from: &bytes)
    }

    /// What the connection said when it ended: the code of its GOAWAY.
    func goAwayCode() throws -> Int? {
        try sent().last { $0.type == Frame.goAway }.map { number(in: $0.payload[4..<8]) }
    }

    private func number(in bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
}

/// Counts flushes: what would be writes to a socket.
final class WriteCounter: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    private(set) var flushes = 0

    /// As a socket that takes everything at once, which is unwritable for a moment.
    func flush(context: ChannelHandlerContext) {
        flushes += 1
        context.flush()
        context.fireChannelWritabilityChanged()
    }
}
