import HTTPEngine
import NIOCore
import NIOPosix

/// An upstream with event loops of its own.
struct UpstreamFixture: Sendable {
    let upstream: HTTPUpstream
    let loop: any EventLoop

    /// Runs `body` with an upstream, which is shut down afterwards.
    static func with(
        port: Int, scheme: String = "http", path: String = "", limits: HTTPUpstreamLimits = HTTPUpstreamLimits(),
        tls: HTTPUpstreamTLS = HTTPUpstreamTLS(), _ body: (UpstreamFixture) async throws -> Void
    ) async throws {
        var address = try HTTPUpstreamAddress(url: "\(scheme)://127.0.0.1:\(port)\(path)")
        address.apiKey = "worker-key"
        address.tls = tls
        let group = MultiThreadedEventLoopGroup.singleton
        let upstream = try HTTPUpstream(address, group: group, limits: limits)
        let fixture = UpstreamFixture(upstream: upstream, loop: group.next())
        do {
            try await body(fixture)
        } catch {
            await upstream.shutDown()
            throw error
        }
        await upstream.shutDown()
    }

    @discardableResult
    func forward(
        _ body: String = "{}", path: String = "/v1/chat/completions", headers: [(String, String)] = [],
        to collector: AnswerCollector
    ) -> HTTPForwarding {
        upstream.forward(
            HTTPForwardRequest(method: "POST", path: path, headers: headers, body: ByteBuffer(string: body)),
            on: loop, to: collector)
    }

    /// The answer to a request.
    func answer(
        _ body: String = "{}", path: String = "/v1/chat/completions", headers: [(String, String)] = []
    ) async throws -> AnswerCollector.Answer {
        let collector = AnswerCollector(on: loop)
        forward(body, path: path, headers: headers, to: collector)
        return try await collector.whole
    }
}
