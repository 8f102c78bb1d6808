import NIOCore

/// Holds back a connection's flushes while a batch of events is delivered, so that what all its streams write leaves in
/// one system call. Lies between the socket and the framing.
final class HTTP2FlushGate: ChannelOutboundHandler {
    typealias OutboundIn = IOData

    private let outlet: EventOutlet
    private var context: ChannelHandlerContext?
    private var isHolding = false

    init(outlet: EventOutlet) { self.outlet = outlet }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func flush(context: ChannelHandlerContext) {
        guard outlet.isDelivering else { return context.flush() }
        guard !isHolding else { return }
        isHolding = true
        outlet.hold(self)
    }

    /// Lets through what was held back.
    func open() {
        isHolding = false
        context?.flush()
    }
}
