import NIOCore
import NIOHTTP1
import OpenAIAPI
import ServingModel

/// A client's connection of HTTP/1.1 or 1.0: takes its requests one after the other and writes their answers, on the
/// connection's event loop. Requests that arrive early wait, up to a limit.
final class HTTP1Connection: ChannelDuplexHandler, RequestCarrier, ClientConnection {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    enum Phase {
        /// Between two requests. May become `receiving`.
        case idle
        /// A request is arriving. May become `answering` or `lingering`.
        case receiving
        /// The answer is being made or written. May become `idle` or `lingering`.
        case answering
        /// The answer is written and the connection is to be closed; what still arrives is thrown away.
        case lingering
    }

    let service: GatewayService
    let state: LoopState
    var context: ChannelHandlerContext?
    var phase = Phase.idle
    var request = IncomingRequest()
    var exchange: (any Exchange)?
    /// Whether the head of a stream has been written for the current request.
    var isStreaming = false
    var out = ByteBuffer()
    /// The most memory that is kept for what is written next.
    static let keptBytes = 4096

    /// When the current phase has lasted too long.
    private var deadline: Moment?
    private(set) var isStalled = false
    private var early = CircularBuffer<HTTPServerRequestPart>()
    private var earlyBytes = 0
    /// What the parser stumbled over behind the early parts.
    private var earlyError: HTTPParserError?
    private var isTakingEarly = false
    /// Whether the client has ended its direction: it sends no more, and may still be there to read.
    private var hasInputEnded = false

    /// - Parameter deadline: when the first request's head must be there.
    init(service: GatewayService, state: LoopState, deadline: Moment) {
        self.service = service
        self.state = state
        self.deadline = deadline
    }

    /// The handlers of a connection, from the socket's side on.
    static func handlers(_ service: GatewayService, _ state: LoopState, deadline: Moment) -> [any ChannelHandler] {
        let limits = service.configuration.limits
        var headLimits = NIOHTTPDecoderLimitConfiguration()
        headLimits.maxHeaderFieldSize = limits.headerFieldBytes
        headLimits.maxHeaderListSize = limits.headerBytes
        headLimits.maxHeaderFieldCount = limits.headerFields
        let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: headLimits)
        return [
            ByteToMessageHandler(decoder, maximumBufferSize: limits.headerBytes + limits.pipelinedBytes),
            HTTP1Connection(service: service, state: state, deadline: deadline),
        ]
    }

    var isAnswering: Bool {
        if case .answering = phase { context != nil } else { false }
    }

    // MARK: Channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        isStalled = !context.channel.isWritable
        state.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        request.release(on: state)
        state.remove(self)
    }

    func channelInactive(context: ChannelHandlerContext) {
        abandon()
        phase = .lingering
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        guard !takesParts || !early.isEmpty else { return receive(part) }
        earlyBytes += Self.size(of: part)
        early.append(part)
    }

    /// Reads no further while the client is far ahead of its answers or leaves them unread. Its end is noticed all the
    /// same.
    func read(context: ChannelHandlerContext) {
        if case .lingering = phase { return context.read() }
        if earlyBytes < limits.pipelinedBytes, !isStalled { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isStalled = !context.channel.isWritable
        exchange?.setPaused(isStalled)
        switch phase {
        case .receiving: break
        case .answering: deadline = isStalled ? after(limits.stallSeconds) : nil
        case .idle: deadline = after(isStalled ? limits.stallSeconds : limits.idleSeconds)
        case .lingering: deadline = after(isStalled ? limits.stallSeconds : limits.lingerSeconds)
        }
        takeEarly()
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { inputEnded(context) }
        context.fireUserInboundEventTriggered(event)
    }

    /// A client that only ends its direction gets its answers; one that has closed looks the same until something is
    /// written to it. A stream finds out by its next token. Before any other answer a `100 Continue`, which every client
    /// of HTTP/1.1 must pass over, makes the system of one that is gone say so, and nothing is generated for nobody.
    private func inputEnded(_ context: ChannelHandlerContext) {
        hasInputEnded = true
        switch phase {
        case .idle: linger()
        case .receiving: context.close(promise: nil)
        case .answering where isStreaming: break
        case .answering:
            guard !request.traits.isHTTP10 else { return context.close(promise: nil) }
            writeContinue()
        // When all is sent the gateway ends its direction too, and with that the connection.
        case .lingering: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What comes behind a parser's error is dropped: the answer to that error is on its way.
        if error is ByteToMessageDecoderError { return }
        guard let error = error as? HTTPParserError else { return context.close(promise: nil) }
        switch phase {
        case .idle, .receiving, .answering:
            earlyError = error
            takeEarly()
        case .lingering: break
        }
    }

    // MARK: Requests

    /// Whether what arrives is looked at now; else it waits. A client that leaves answers unread gets no more of them.
    private var takesParts: Bool {
        switch phase {
        case .idle: !isStalled
        case .receiving, .lingering: true
        case .answering: false
        }
    }

    /// Goes on with what arrived early. It does not nest: answers that are made at once must not pile up on the stack.
    private func takeEarly() {
        guard !isTakingEarly else { return }
        isTakingEarly = true
        while takesParts, let part = early.popFirst() {
            earlyBytes -= Self.size(of: part)
            receive(part)
        }
        isTakingEarly = false
        if takesParts, let error = earlyError {
            earlyError = nil
            if case .lingering = phase { return }
            request.traits = RequestTraits()
            refuse(
                error == .headerOverflow
                    ? .headerFieldsTooLarge(limitBytes: limits.headerBytes) : .badRequest("not HTTP: \(error)"))
        }
        if let context { read(context: context) }
    }

    /// About the memory that a waiting part takes.
    private static func size(of part: HTTPServerRequestPart) -> Int {
        let overhead = 64
        switch part {
        case .head(let head):
            return head.headers.reduce(overhead + head.uri.utf8.count) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        case .body(let bytes): return overhead + bytes.readableBytes
        case .end: return overhead
        }
    }

    private func receive(_ part: HTTPServerRequestPart) {
        switch (part, phase) {
        case (.head(let head), .idle):
            phase = .receiving
            deadline = after(limits.bodySeconds)
            isStreaming = false
            receive(head)
        case (.body(let bytes), .receiving): receive(bytes)
        case (.end, .receiving):
            phase = .answering
            deadline = isStalled ? after(limits.stallSeconds) : nil
            answer()
        default: break
        }
    }

    /// Goes on to the next request, or closes.
    func finishAnswer() {
        guard case .answering = phase else { return }
        exchange = nil
        request.release(on: state)
        guard request.traits.keepsAlive, !service.isDraining else { return linger() }
        phase = .idle
        deadline = after(isStalled ? limits.stallSeconds : limits.idleSeconds)
        takeEarly()
        if case .idle = phase, hasInputEnded, early.isEmpty { linger() }
    }

    // MARK: Ends

    /// The connection is closed with the answer.
    func refuse(_ error: APIError) {
        phase = .answering
        request.traits.keepsAlive = false
        respond(error)
    }

    /// Closes for writing and lets the client finish, so that it sees the answer before the connection ends.
    private func linger() {
        phase = .lingering
        early.removeAll()
        earlyBytes = 0
        deadline = after(isStalled ? limits.stallSeconds : limits.lingerSeconds)
        guard let context else { return }
        guard !hasInputEnded else { return closeWhenSent(context) }
        context.close(mode: .output, promise: nil)
        context.read()
    }

    /// Where the other direction has ended, NIO would close at once instead of ending this one when all is sent.
    private func closeWhenSent(_ context: ChannelHandlerContext) {
        let isSent = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: isSent)
        let channel = context.channel
        isSent.futureResult.whenComplete { _ in channel.close(promise: nil) }
    }

    func checkDeadline(_ now: Moment) {
        guard let deadline, deadline <= now, let context else { return }
        switch phase {
        case .receiving: refuse(.requestTimeout)
        case .idle, .lingering, .answering: context.close(promise: nil)
        }
    }

    /// A connection that is not being answered is closed once its last answer has left.
    func drain() {
        guard let context else { return }
        switch phase {
        case .idle: context.unsentBytes > 0 ? linger() : context.close(promise: nil)
        case .lingering: if context.unsentBytes == 0 { context.close(promise: nil) }
        case .receiving, .answering: break
        }
    }

    func breakOff() {
        exchange?.fail(.shuttingDown(retryAfterSeconds: limits.retryAfterSeconds))
        context?.close(promise: nil)
    }
}
