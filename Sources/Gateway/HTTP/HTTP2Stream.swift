import NIOCore
import NIOHPACK
import NIOHTTP1
import NIOHTTP2
import OpenAIAPI
import ServingModel

/// A stream of HTTP/2: one request and its answer, on the event loop of its connection.
final class HTTP2Stream: ChannelInboundHandler, RequestCarrier {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    enum Phase {
        /// Nothing has arrived. May become `receiving`, `answering` or `ending`.
        case idle
        /// The request is arriving. May become `answering` or `ending`.
        case receiving
        /// The answer is being made or written. May become `ending`.
        case answering
        /// The answer is written. The client has yet to take it, and to end its request if that was cut short.
        case ending
    }

    let service: GatewayService
    let state: LoopState
    private let connection: HTTP2Connection
    var context: ChannelHandlerContext?
    var phase = Phase.idle
    var request = IncomingRequest()
    var exchange: (any Exchange)?
    var out = ByteBuffer()
    private(set) var isStalled = false
    /// Whether the whole request has arrived.
    private var isWhole = false
    /// When the current phase has lasted too long.
    private var deadline: Moment?

    init(service: GatewayService, state: LoopState, connection: HTTP2Connection) {
        self.service = service
        self.state = state
        self.connection = connection
    }

    var isAnswering: Bool {
        if case .answering = phase { context != nil } else { false }
    }

    // MARK: Channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        isStalled = !context.channel.isWritable
        deadline = after(limits.bodySeconds)
        let id = try? context.channel.syncOptions?.getOption(HTTP2StreamChannelOptions.streamID)
        connection.add(self, id: id ?? .rootStream)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        request.release(on: state)
        connection.remove(self)
    }

    /// The client has broken the stream off, or the connection, or all is done.
    func channelInactive(context: ChannelHandlerContext) {
        abandon()
        phase = .ending
        context.fireChannelInactive()
    }

    /// What closes the stream has closed it when this is called; what else goes wrong ends it here.
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (unwrapInboundIn(data), phase) {
        case (.headers(let part), .idle):
            phase = .receiving
            begin(part.headers)
            if part.endStream { end() }
        // Trailers say nothing that matters here.
        case (.headers(let part), _): if part.endStream { end() }
        case (.data(let part), _):
            if case .receiving = phase, case .byteBuffer(let bytes) = part.data { receive(bytes) }
            if part.endStream { end() }
        default: break
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isStalled = !context.channel.isWritable
        exchange?.setPaused(isStalled)
        switch phase {
        case .idle, .receiving: break
        case .answering: deadline = isStalled ? after(limits.stallSeconds) : nil
        case .ending: deadline = after(limits.stallSeconds)
        }
        context.fireChannelWritabilityChanged()
    }

    // MARK: Requests

    private func begin(_ fields: HPACKHeaders) {
        let sizes = fields.lazy.map { $0.name.utf8.count + $0.value.utf8.count }
        guard fields.count <= limits.headerFields, sizes.allSatisfy({ $0 <= limits.headerFieldBytes }),
            sizes.reduce(0, +) <= limits.headerBytes
        else { return refuse(.headerFieldsTooLarge(limitBytes: limits.headerBytes)) }
        receive(HTTPRequestHead(fields))
    }

    private func end() {
        isWhole = true
        guard case .receiving = phase else { return }
        phase = .answering
        deadline = isStalled ? after(limits.stallSeconds) : nil
        answer()
    }

    /// What still arrives is thrown away.
    func refuse(_ error: APIError) {
        phase = .answering
        respond(error)
    }

    /// The stream ends by itself when both sides have said so.
    func finishAnswer() {
        guard case .answering = phase else { return }
        phase = .ending
        exchange = nil
        request.release(on: state)
        deadline = after(isStalled || isWhole ? limits.stallSeconds : limits.lingerSeconds)
    }

    // MARK: Ends

    func reset(_ reason: HTTP2ErrorCode) {
        context?.writeAndFlush(wrapOutboundOut(.rstStream(reason)), promise: nil)
    }

    /// Called now and then; ends what has lasted too long.
    func checkDeadline(_ now: Moment) {
        guard let deadline, deadline <= now else { return }
        switch phase {
        case .idle, .receiving: refuse(.requestTimeout)
        case .answering: reset(.cancel)
        // A client that has its answer and still sends is told that it need not (RFC 9113, 8.1).
        case .ending: reset(isWhole ? .cancel : .noError)
        }
    }

    /// The gateway will wait no longer.
    func breakOff() {
        exchange?.fail(.shuttingDown(retryAfterSeconds: limits.retryAfterSeconds))
    }
}
