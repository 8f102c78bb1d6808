import Gateway
import NIOCore
import NIOEmbedded

/// A connection between a client's handlers and a gateway under test, on the fixture's loop.
final class Link {
    let client: EmbeddedChannel
    let server: EmbeddedChannel
    let clientWire = Wire()
    let serverWire = Wire()
    private let fixture: GatewayFixture

    init(_ fixture: GatewayFixture, client handlers: [any ChannelHandler]) throws {
        self.fixture = fixture
        client = EmbeddedChannel(loop: fixture.loop)
        server = EmbeddedChannel(loop: fixture.loop)
        try server.setOption(.allowRemoteHalfClosure, value: true).wait()
        try server.pipeline.syncOperations.addHandler(serverWire)
        try fixture.service.addHandlers(to: server, of: fixture.state)
        try client.pipeline.syncOperations.addHandlers([clientWire] + handlers)
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: 1)
        server.connect(to: address, promise: nil)
        client.connect(to: address, promise: nil)
        pump()
    }

    /// Lets each side hear what the other has sent, until both are silent.
    func pump() {
        repeat { fixture.loop.run() } while carry(clientWire, to: server) || carry(serverWire, to: client)
    }

    /// The errors that this throws have reached the handlers.
    private func carry(_ wire: Wire, to other: EmbeddedChannel) -> Bool {
        guard let bytes = wire.take() else { return false }
        if other.isActive { _ = try? other.writeInbound(bytes) }
        return true
    }

    /// The client leaves.
    func disconnect() {
        server.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        fixture.loop.run()
    }
}
