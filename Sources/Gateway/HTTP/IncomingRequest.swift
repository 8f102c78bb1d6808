import NIOCore
import NIOHTTP1
import OpenAIAPI

/// The request that a carrier is receiving or answering: its body, within the limits, and what its answer needs to
/// know of its head.
struct IncomingRequest {
    /// What is said of it in the answer's head.
    var traits = RequestTraits()
    /// Whether the client sends the body only when it is told to.
    private(set) var awaitsContinue = false
    private var head: HTTPRequestHead?
    private var route: Route?
    /// What is wrong with the head. The client is told when the body is there, so that the connection can go on.
    private var error: APIError?
    private var body = ByteBuffer()
    /// Bytes of the body that have arrived.
    private var bodyBytes = 0
    /// Bytes of the body that count on the event loop, until the request is answered.
    private var heldBytes = 0

    /// Takes the head. Throws what is to be answered at once, as the body is not worth waiting for.
    mutating func begin(_ head: HTTPRequestHead, of service: GatewayService, on state: LoopState) throws(APIError) {
        traits = RequestTraits(head, newID: state.newID())
        awaitsContinue = false
        body.clear()
        bodyBytes = 0
        (route, error) = (nil, nil)
        if let authenticator = service.configuration.authenticator { admit(head, by: authenticator) }
        let limit = service.configuration.limits.bodyBytes
        let length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        guard length <= limit else { throw error ?? .bodyTooLarge(limitBytes: limit) }
        if error == nil { findRoute(head, of: service) }
        if !traits.isHTTP10, head.headers.first(name: "expect")?.lowercased() == "100-continue" {
            if let error { throw error }
            awaitsContinue = true
        }
        self.head = head
    }

    /// Finds out who makes the request, and whether he may.
    private mutating func admit(_ head: HTTPRequestHead, by authenticator: any Authenticator) {
        let access = Route.access(to: head)
        guard access != .open else { return }
        do throws(APIError) {
            let principal = try authenticator.principal(of: head)
            traits.principal = principal
            try access.check(principal)
        } catch {
            self.error = error
        }
    }

    private mutating func findRoute(_ head: HTTPRequestHead, of service: GatewayService) {
        do throws(APIError) {
            route = try Route.find(head, withEngine: service.generates)
        } catch {
            self.error = error
        }
    }

    /// Takes a part of the body. Throws when it is to be answered at once that it is too much.
    mutating func take(
        _ bytes: ByteBuffer, within limits: GatewayConfiguration.Limits, on state: LoopState
    ) throws(APIError) {
        bodyBytes += bytes.readableBytes
        guard bodyBytes <= limits.bodyBytes else { throw error ?? .bodyTooLarge(limitBytes: limits.bodyBytes) }
        // The body of a request that will be refused is read, so that the connection can go on, but not kept.
        guard error == nil else { return }
        guard state.holdBody(bytes.readableBytes, limit: max(limits.allBodiesBytes, limits.bodyBytes)) else {
            throw .unavailable("too many large requests at once", retryAfterSeconds: limits.retryAfterSeconds)
        }
        heldBytes += bytes.readableBytes
        var bytes = bytes
        body.writeBuffer(&bytes)
    }

    /// The request as it has arrived, whole; throws what is wrong with it.
    mutating func end() throws(APIError) -> (route: Route, head: HTTPRequestHead, body: ByteBuffer) {
        let body = body
        self.body = ByteBuffer()
        if let error { throw error }
        guard let head, let route else { preconditionFailure("a request ends after it has begun") }
        return (route, head, body)
    }

    /// The body counts no more.
    mutating func release(on state: LoopState) {
        state.releaseBody(heldBytes)
        heldBytes = 0
    }
}
