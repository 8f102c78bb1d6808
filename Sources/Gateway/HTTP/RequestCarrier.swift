import AccessKeys
import Logging
import NIOCore
import NIOHTTP1
import OpenAIAPI
import ServingModel

/// Where requests come from one at a time, and their answers go: a connection of HTTP/1.1, or a stream of HTTP/2. On
/// one event loop.
protocol RequestCarrier: ResponseSink {
    var service: GatewayService { get }
    var state: LoopState { get }
    var request: IncomingRequest { get set }
    /// What the request has begun.
    var exchange: (any Exchange)? { get set }
    /// Whether the client leaves what is written unread.
    var isStalled: Bool { get }
    /// Whether the request has arrived and its answer is being made or written, for a client that is still there.
    var isAnswering: Bool { get }
    /// Tells the client to send the body.
    func writeContinue()
    /// Answers a request that has not arrived whole, and takes no more of it.
    func refuse(_ error: APIError)
}

extension RequestCarrier {
    var loop: any EventLoop { state.outlet.loop }
    var limits: GatewayConfiguration.Limits { service.configuration.limits }

    func after(_ seconds: Double) -> Moment { WallClock.now.advanced(bySeconds: seconds) }

    // MARK: Requests

    func receive(_ head: HTTPRequestHead) {
        do throws(APIError) {
            try request.begin(head, of: service, on: state)
            if request.awaitsContinue { writeContinue() }
        } catch {
            refuse(error)
        }
    }

    func receive(_ bytes: ByteBuffer) {
        do throws(APIError) {
            try request.take(bytes, within: limits, on: state)
        } catch {
            refuse(error)
        }
    }

    /// Has the request, which is there now, answered.
    func answer() {
        do throws(APIError) {
            let (route, head, body) = try request.end()
            service.handle(route, head, body: body, on: self)
        } catch {
            respond(error)
        }
    }

    /// Hands the request to the engine.
    func begin(_ prepared: PreparedGeneration) {
        guard isAnswering else { return }
        let prefix = prepared.form == .chat ? "chatcmpl-" : "cmpl-"
        let exchange = GenerationExchange(
            prepared, id: prefix + state.newID(), sink: self, outlet: state.outlet, metrics: service.metrics,
            logger: service.logger, retryAfterSeconds: limits.retryAfterSeconds, now: WallClock.now)
        self.exchange = exchange
        exchange.submit()
        if isStalled { exchange.setPaused(true) }
    }

    /// Hands the request on to a server of the same API.
    func begin(_ prepared: PreparedForward, headers: [(String, String)]) {
        guard isAnswering else { return }
        let exchange = ForwardingExchange(
            prepared, headers: headers, id: request.traits.id, sink: self, outlet: state.outlet,
            metrics: service.metrics, logger: service.logger, retryAfterSeconds: limits.retryAfterSeconds,
            now: WallClock.now)
        self.exchange = exchange
        exchange.submit()
        if isStalled { exchange.setPaused(true) }
    }

    /// Has an engine embed texts.
    func begin(_ prepared: PreparedEmbedding) {
        guard isAnswering else { return }
        let exchange = EmbeddingExchange(
            prepared, id: state.newID(), sink: self, outlet: state.outlet, logger: service.logger,
            retryAfterSeconds: limits.retryAfterSeconds)
        self.exchange = exchange
        exchange.submit()
    }

    // MARK: Answers

    /// The content type of server-sent events.
    static var eventStream: String { "text/event-stream; charset=utf-8" }

    /// Answers with an error, which is counted and leaves a line in the log.
    func respond(_ error: APIError) {
        service.metrics.errorAnswered(status: error.status)
        var metadata: Logger.Metadata = [
            "status": "\(error.status)", "request": "\(request.traits.id)", "reason": "\(error.message)",
        ]
        if let principal = request.traits.principal { metadata["client"] = "\(principal.name)" }
        service.logger.info("A request was refused.", metadata: metadata)
        var body: [UInt8] = []
        error.append(to: &body)
        var fields: [(name: String, value: String)] = []
        if let seconds = error.retryAfterSeconds { fields.append(("retry-after", String(seconds))) }
        if !error.allowedMethods.isEmpty { fields.append(("allow", error.allowedMethods.joined(separator: ", "))) }
        // RFC 6750, 3: a realm, as something must follow the scheme.
        if error.status == 401 { fields.append(("www-authenticate", #"Bearer realm="drover""#)) }
        respond(status: error.status, contentType: "application/json", body: body, fields: fields)
    }

    /// Answers with JSON.
    func respond(_ body: [UInt8]) {
        respond(status: 200, contentType: "application/json", body: body, fields: [])
    }

    /// What the request has begun is of no use any more.
    func abandon() {
        exchange?.abandon()
        exchange = nil
    }
}
