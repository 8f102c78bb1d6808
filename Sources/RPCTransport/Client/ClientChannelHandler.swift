import NIOCore
import NIOTLS

/// Stands between the channel and the connection.
final class ClientChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let connection: RPCClientConnection

    init(_ connection: RPCClientConnection) {
        self.connection = connection
    }

    func handlerAdded(context: ChannelHandlerContext) {
        connection.context = context
        connection.start()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        connection.channelEnded()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        connection.receive(unwrapInboundIn(data))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        connection.readComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        connection.writabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        connection.channelEnded()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        connection.lose("\(error)")
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted(let negotiated)? = event as? TLSUserEvent, negotiated != "h2" {
            connection.lose("the server agrees on \(negotiated ?? "no protocol") over TLS (ALPN), not on h2")
        }
        context.fireUserInboundEventTriggered(event)
    }
}
