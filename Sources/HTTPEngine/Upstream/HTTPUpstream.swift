import AsyncHTTPClient
package import Logging
package import NIOCore

/// A remote server of the OpenAI API, spoken to over HTTP/1.1: text in, text out.
///
/// Each event loop has connections of its own, so that an answer stays on the loop of the client that it is for.
/// Redirections are not followed, and the key goes to this server alone.
package final class HTTPUpstream: Sendable {
    package let address: HTTPUpstreamAddress
    package let limits: HTTPUpstreamLimits
    private let clients: [ObjectIdentifier: HTTPClient]
    /// Sends what isn't of a loop.
    let anyClient: HTTPClient

    /// Reads the address's TLS files; connects to nothing yet.
    ///
    /// - Parameters:
    ///   - group: the event loops that answers may be wanted on. It outlives the upstream.
    ///   - logger: where the connections' fates go, at `debug` and below.
    /// - Throws: `HTTPUpstreamError.tls`.
    package init(
        _ address: HTTPUpstreamAddress, group: any EventLoopGroup,
        limits: HTTPUpstreamLimits = HTTPUpstreamLimits(), logger: Logger? = nil
    ) throws(HTTPUpstreamError) {
        limits.check()
        var configuration = HTTPClient.Configuration()
        configuration.tlsConfiguration = try address.tls.configuration()
        configuration.httpVersion = .http1Only
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .seconds(limits.connectSeconds))
        configuration.connectionPool = .init(
            idleTimeout: .seconds(limits.keepAliveSeconds),
            concurrentHTTP1ConnectionsPerHostSoftLimit: limits.connectionsPerLoop)
        // The gateway tries another worker instead.
        configuration.connectionPool.retryConnectionEstablishment = false
        var clients: [ObjectIdentifier: HTTPClient] = [:]
        var last: HTTPClient?
        let logger = logger ?? Logger(label: "drover.upstream") { _ in SwiftLogNoOpLogHandler() }
        for loop in group.makeIterator() {
            let client = HTTPClient(
                eventLoopGroup: loop, configuration: configuration, backgroundActivityLogger: logger)
            clients[ObjectIdentifier(loop)] = client
            last = client
        }
        guard let last else { preconditionFailure("a group has event loops") }
        self.address = address
        self.limits = limits
        self.clients = clients
        anyClient = last
    }

    /// Sends a request and hands its answer to the consumer on `loop`, which also holds the connection.
    ///
    /// - Parameter loop: one of the group's; any thread may call.
    package func forward(
        _ request: HTTPForwardRequest, on loop: any EventLoop, to consumer: any HTTPAnswerConsumer
    ) -> HTTPForwarding {
        guard let client = clients[ObjectIdentifier(loop)] else { preconditionFailure("the loop is of another group") }
        let exchange = HTTPExchange(on: loop, limits: limits, consumer: consumer)
        exchange.begin(request, to: address, with: client)
        return HTTPForwarding(exchange)
    }

    /// Closes the connections; requests that run fail with `stopping`.
    package func shutDown() async {
        for client in clients.values {
            // It fails only if it is shut down already.
            try? await client.shutdown()
        }
    }
}

extension TimeAmount {
    static func seconds(_ seconds: Double) -> TimeAmount { .nanoseconds(Int64(seconds * 1e9)) }
}
