import NIOCore
import NIOHTTP1
import OpenAIAPI
import ServingModel

/// A client's connection: takes its requests one after the other and writes their answers, on the connection's event
/// loop. Requests that arrive early wait, up to a limit.
final class HTTPConnection: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    enum Phase {
        /// Between two requests. May become `receiving`.
        case idle
        /// A request is arriving. May become `answering` or `lingering`.
        case receiving(HTTPRequestHead, APIError?)
        /// The answer is being made or written. May become `idle` or `lingering`.
        case answering
        /// The answer is written and the connection is to be closed; what still arrives is thrown away.
        case lingering
    }

    let service: GatewayService
    let state: LoopState
    var context: ChannelHandlerContext?
    var phase = Phase.idle
    /// The generation that the current request has begun.
    var exchange: GenerationExchange?
    /// What is said of the current request in the answer's head.
    var current = RequestTraits()
    var out = ByteBuffer()
    private var body = ByteBuffer()

    /// When the current phase has lasted too long.
    var deadline: Moment?
    private var isStalled = false
    private var early = CircularBuffer<HTTPServerRequestPart>()
    private var earlyBytes = 0

    private var limits: GatewayConfiguration.Limits { service.configuration.limits }

    init(service: GatewayService, state: LoopState) {
        self.service = service
        self.state = state
    }

    var loop: any EventLoop { state.outlet.loop }

    // MARK: Channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        state.add(self)
        setDeadline(limits.headSeconds)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        state.remove(self)
    }

    func channelInactive(context: ChannelHandlerContext) {
        exchange?.abandon()
        exchange = nil
        phase = .lingering
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        guard case .answering = phase else { return receive(part) }
        if case .body(let bytes) = part { earlyBytes += bytes.readableBytes }
        earlyBytes += 64
        early.append(part)
    }

    func read(context: ChannelHandlerContext) {
        if earlyBytes < limits.pipelinedBytes { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isStalled = !context.channel.isWritable
        exchange?.setPaused(isStalled)
        if isStalled { setDeadline(limits.stallSeconds) } else if case .answering = phase { deadline = nil }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let parserError = error as? HTTPParserError else { return context.close(promise: nil) }
        switch phase {
        case .idle, .receiving:
            current = RequestTraits()
            phase = .answering
            refuse(
                parserError == .headerOverflow
                    ? .headerFieldsTooLarge(limitBytes: limits.headerBytes) : .badRequest("not HTTP: \(parserError)"))
        case .answering:
            exchange?.abandon()
            context.close(promise: nil)
        case .lingering: break
        }
    }

    // MARK: Requests

    private func receive(_ part: HTTPServerRequestPart) {
        switch (part, phase) {
        case (.head(let head), .idle): begin(head)
        case (.body(var bytes), .receiving(_, let error)):
            guard error == nil else { return }
            guard body.readableBytes + bytes.readableBytes <= limits.bodyBytes else {
                phase = .answering
                return refuse(.bodyTooLarge(limitBytes: limits.bodyBytes))
            }
            body.writeBuffer(&bytes)
        case (.end, .receiving(let head, let error)):
            phase = .answering
            deadline = nil
            let whole = body
            body = ByteBuffer()
            if let error { respond(error) } else { service.handle(head, body: whole, on: self) }
        default: break
        }
    }

    private func begin(_ head: HTTPRequestHead) {
        current = RequestTraits(head, newID: state.newID())
        setDeadline(limits.bodySeconds)
        let length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        guard length <= limits.bodyBytes else {
            phase = .answering
            return refuse(.bodyTooLarge(limitBytes: limits.bodyBytes))
        }
        if head.headers.first(name: "expect")?.lowercased() == "100-continue" {
            out.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
            flush()
        }
        body.clear()
        phase = .receiving(head, Route.error(for: head))
    }

    /// Hands a request to the engine.
    func begin(_ prepared: PreparedGeneration) {
        guard case .answering = phase, context != nil else { return }
        let prefix = prepared.form == .chat ? "chatcmpl-" : "cmpl-"
        let exchange = GenerationExchange(
            prepared, id: prefix + state.newID(), model: service.model, sink: self, outlet: state.outlet,
            metrics: service.metrics, retryAfterSeconds: limits.retryAfterSeconds, now: WallClock.now)
        self.exchange = exchange
        exchange.submit()
    }

    /// Goes on to the next request, or closes.
    func finishAnswer() {
        guard case .answering = phase else { return }
        exchange = nil
        guard current.keepsAlive, !service.isDraining else { return linger() }
        phase = .idle
        setDeadline(limits.idleSeconds)
        while let part = early.popFirst() {
            if case .body(let bytes) = part { earlyBytes -= bytes.readableBytes }
            earlyBytes -= 64
            receive(part)
            if case .answering = phase { break }
        }
        context?.read()
    }

    // MARK: Ends

    /// Answers a request that has not arrived whole, and closes the connection.
    func refuse(_ error: APIError) {
        current.keepsAlive = false
        respond(error)
    }

    /// Closes for writing and lets the client finish, so that it sees the answer before the connection ends.
    private func linger() {
        phase = .lingering
        early.removeAll()
        setDeadline(limits.lingerSeconds)
        context?.close(mode: .output, promise: nil)
    }

    private func setDeadline(_ seconds: Double) { deadline = WallClock.now.advanced(bySeconds: seconds) }

    /// Called now and then; ends what has lasted too long.
    func checkDeadline(_ now: Moment) {
        guard let deadline, deadline <= now, let context else { return }
        switch phase {
        case .receiving: refuse(.requestTimeout)
        case .idle, .lingering, .answering: context.close(promise: nil)
        }
    }

    /// The gateway is stopping: a connection that is not being answered is closed, others after their answer.
    func drain() {
        switch phase {
        case .idle, .lingering: context?.close(promise: nil)
        case .receiving, .answering: break
        }
    }

    /// The gateway will wait no longer.
    func breakOff() {
        exchange?.fail(.shuttingDown(retryAfterSeconds: limits.retryAfterSeconds), now: WallClock.now)
        context?.close(promise: nil)
    }
}
