import Logging
import NIOCore
import NIOHTTP2
import ServingModel

/// A client's connection of HTTP/2: knows its streams, and ends when it has been without any for long, when the client
/// breaks the protocol, and when the gateway stops.
final class HTTP2Connection: ChannelInboundHandler, ClientConnection {
    typealias InboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    private enum Phase {
        /// May become `announcing`, `leaving` or `lingering`.
        case open
        /// The client has been told to open no more streams. Those that it opened before it knew are answered; when it
        /// has answered a ping, there will be no more. May become `leaving` or `lingering`.
        case announcing
        /// The connection ends with the last of its streams. May become `lingering`.
        case leaving
        /// All is answered, and the connection is to be closed.
        case lingering
    }

    private static let farewell = HTTP2PingData(withInteger: 0x6472_6F76_6572)

    private let service: GatewayService
    private let state: LoopState
    private var context: ChannelHandlerContext?
    private var phase = Phase.open
    private var streams: [ObjectIdentifier: HTTP2Stream] = [:]
    private var lastStream = HTTP2StreamID.rootStream
    /// When the connection has been without streams for too long.
    private var deadline: Moment?

    private var limits: GatewayConfiguration.Limits { service.configuration.limits }

    init(service: GatewayService, state: LoopState, deadline: Moment) {
        self.service = service
        self.state = state
        self.deadline = deadline
    }

    /// The handlers of a connection, from the socket's side on.
    static func handlers(
        _ service: GatewayService, _ state: LoopState, on context: ChannelHandlerContext, deadline: Moment
    ) -> [any ChannelHandler] {
        let limits = service.configuration.limits
        // The streams have the limits of a connection of HTTP/1.1 each. A step's events for all of them are no reason to
        // pause them all.
        try? context.channel.syncOptions?.setOption(
            .writeBufferWaterMark, value: .init(low: limits.outboundBytes, high: 4 * limits.outboundBytes))
        let connection = HTTP2Connection(service: service, state: state, deadline: deadline)
        // It stays on its event loop.
        nonisolated(unsafe) let carried = connection
        let framing = NIOHTTP2Handler(
            mode: .server, eventLoop: context.eventLoop, connectionConfiguration: .init(limits),
            streamConfiguration: .init(limits)
        ) { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(
                    HTTP2Stream(service: service, state: state, connection: carried))
            }
        }
        return [HTTP2FlushGate(outlet: state.outlet), framing, connection]
    }

    // MARK: Streams

    func add(_ stream: HTTP2Stream, id: HTTP2StreamID) {
        streams[ObjectIdentifier(stream)] = stream
        lastStream = max(lastStream, id)
        deadline = nil
    }

    func remove(_ stream: HTTP2Stream) {
        streams[ObjectIdentifier(stream)] = nil
        guard streams.isEmpty else { return }
        switch phase {
        case .open: deadline = after(limits.idleSeconds)
        case .announcing: deadline = after(limits.lingerSeconds)
        case .leaving: linger()
        case .lingering: break
        }
    }

    private func after(_ seconds: Double) -> Moment { WallClock.now.advanced(bySeconds: seconds) }

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
        guard case .ping(Self.farewell, ack: true) = unwrapInboundIn(data).payload, case .announcing = phase else {
            return
        }
        phase = .leaving
        sayGoodbye(lastStream)
        if streams.isEmpty { linger() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // HTTP/2 cannot go on in one direction.
        if case .inputClosed? = event as? ChannelEvent { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let reason: Logger.Metadata = ["reason": "\(error)"]
        guard !HTTP2Faults.isOfOneStream(error) else {
            return service.logger.info("A stream of HTTP/2 was reset.", metadata: reason)
        }
        service.logger.info("A connection of HTTP/2 was broken off.", metadata: reason)
        context.close(promise: nil)
    }

    // MARK: Ends

    func checkDeadline(_ now: Moment) {
        for stream in Array(streams.values) { stream.checkDeadline(now) }
        guard let deadline, deadline <= now else { return }
        if case .open = phase { linger() } else { context?.close(promise: nil) }
    }

    /// Without streams, and with all sent, there is nothing that the client could miss.
    func drain() {
        guard let context else { return }
        switch phase {
        case .open where !streams.isEmpty: announce(context)
        case .open where context.unsentBytes > 0: linger()
        case .open:
            sayGoodbye(lastStream)
            context.close(promise: nil)
        case .announcing, .leaving: break
        case .lingering: if context.unsentBytes == 0 { context.close(promise: nil) }
        }
    }

    private func announce(_ context: ChannelHandlerContext) {
        phase = .announcing
        sayGoodbye(.maxID)
        let ping = HTTP2Frame(streamID: .rootStream, payload: .ping(Self.farewell, ack: false))
        context.writeAndFlush(wrapOutboundOut(ping), promise: nil)
    }

    func breakOff() {
        for stream in Array(streams.values) { stream.breakOff() }
        context?.close(promise: nil)
    }

    /// Tells the client that streams after `last` are not answered; calls `then` when that, and all before it, is sent.
    private func sayGoodbye(_ last: HTTP2StreamID, then: ((any Channel) -> Void)? = nil) {
        guard let context else { return }
        let goodbye = HTTP2Frame(
            streamID: .rootStream, payload: .goAway(lastStreamID: last, errorCode: .noError, opaqueData: nil))
        let channel = context.channel
        let promise = then.map { then in
            let isSent = context.eventLoop.makePromise(of: Void.self)
            isSent.futureResult.assumeIsolated().whenSuccess { then(channel) }
            return isSent
        }
        context.writeAndFlush(wrapOutboundOut(goodbye), promise: promise)
    }

    /// Closes for writing when all is sent, and lets the client read it and close.
    private func linger() {
        phase = .lingering
        deadline = after(limits.stallSeconds)
        sayGoodbye(lastStream) { channel in
            self.deadline = self.after(self.limits.lingerSeconds)
            channel.close(mode: .output, promise: nil)
        }
    }
}
