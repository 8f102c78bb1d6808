import Gateway
import NIOCore
import NIOEmbedded
import Testing

/// A client's end of a connection to a gateway under test.
final class TestClient {
    private let channel: EmbeddedChannel
    private let wire = Wire()
    private(set) var received: [UInt8] = []

    init(_ fixture: GatewayFixture) throws {
        channel = EmbeddedChannel(loop: fixture.loop)
        try channel.pipeline.syncOperations.addHandler(wire)
        try fixture.service.addHandlers(to: channel, of: fixture.state)
        channel.connect(to: try SocketAddress(unixDomainSocketPath: "test"), promise: nil)
    }

    /// Whether the gateway has neither closed the connection nor its own direction of it.
    var isOpen: Bool { channel.isActive && !wire.hasEnded }
    var isClosed: Bool { !channel.isActive }
    /// How often the gateway has asked for more.
    var reads: Int { wire.reads }

    func send(_ bytes: [UInt8]) {
        guard channel.isActive else { return }
        // Errors have reached the gateway's own handler, which is the last; nothing is left to throw but strays.
        _ = try? channel.writeInbound(ByteBuffer(bytes: bytes))
        channel.pipeline.read()
        collect()
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    /// The client says that it sends no more, and goes on reading.
    func endInput() {
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        collect()
    }

    func disconnect() {
        channel.pipeline.fireChannelInactive()
        channel.close(promise: nil)
    }

    /// The socket's buffer is full, or no longer.
    func setWritable(_ isWritable: Bool) {
        channel.isWritable = isWritable
        channel.pipeline.fireChannelWritabilityChanged()
        collect()
    }

    @discardableResult
    func collect() -> [UInt8] {
        if let bytes = wire.take() { received += bytes.readableBytesView }
        return received
    }

    var text: String { String(decoding: collect(), as: UTF8.self) }

    /// The answers so far; `heads` tells for each request whether it was HEAD.
    func answers(heads: [Bool] = []) throws -> [HTTPAnswer] {
        try HTTPAnswer.parse(collect(), heads: heads, isEnded: !isOpen)
    }

    func onlyAnswer(isHead: Bool = false) throws -> HTTPAnswer {
        let answers = try answers(heads: [isHead])
        #expect(answers.count == 1)
        return try #require(answers.first)
    }
}
