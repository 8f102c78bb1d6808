import Logging
import NIOCore
import NIOSSL
import NIOTLS
import Observability
import ServingModel

/// A connection whose client has yet to show which HTTP it speaks: over TLS by the handshake, else by its first bytes.
/// Then it gives way to the handlers of that protocol.
final class ConnectionStart: ChannelInboundHandler, RemovableChannelHandler, ClientConnection {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// What a client of HTTP/2 begins with (RFC 9113, 3.4), and no request of HTTP/1.1 can.
    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    private let service: GatewayService
    private let state: LoopState
    private let deadline: Moment
    private var context: ChannelHandlerContext?
    private var received: ByteBuffer?

    init(service: GatewayService, state: LoopState) {
        self.service = service
        self.state = state
        deadline = WallClock.now.advanced(bySeconds: service.configuration.limits.headSeconds)
    }

    // MARK: Channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        state.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        state.remove(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        received.setOrWriteBuffer(&bytes)
        let first = (received ?? bytes).readableBytesView.prefix(Self.preface.count)
        if !Self.preface.starts(with: first) {
            speakHTTP1(context)
        } else if first.count == Self.preface.count {
            speakHTTP2(context)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case TLSUserEvent.handshakeCompleted(let negotiated):
            // A client that offers no protocols gets what all speak.
            negotiated == TLSIdentity.http2 ? speakHTTP2(context) : speakHTTP1(context)
        case ChannelEvent.inputClosed: context.close(promise: nil)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case NIOSSLError.handshakeFailed(let reason) = error {
            service.metrics.failedHandshakes.add()
            service.logger.info("A TLS handshake failed.", metadata: ["reason": "\(reason)"])
        }
        context.close(promise: nil)
    }

    // MARK: Protocols

    private func speakHTTP1(_ context: ChannelHandlerContext) {
        giveWay(to: HTTP1Connection.handlers(service, state, deadline: deadline), context)
    }

    private func speakHTTP2(_ context: ChannelHandlerContext) {
        giveWay(to: HTTP2Connection.handlers(service, state, on: context, deadline: deadline), context)
    }

    private func giveWay(to handlers: [any ChannelHandler], _ context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        do {
            try pipeline.addHandlers(handlers, position: .after(self))
        } catch {
            // The pipeline is gone already.
            return context.close(promise: nil)
        }
        if let received { context.fireChannelRead(wrapInboundOut(received)) }
        received = nil
        pipeline.removeHandler(self, promise: nil)
    }

    // MARK: Ends

    func checkDeadline(_ now: Moment) {
        if deadline <= now { context?.close(promise: nil) }
    }

    func drain() { context?.close(promise: nil) }

    func breakOff() { context?.close(promise: nil) }
}
