import HTTPEngine
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

/// What passes, in both directions.
struct ForwardingTests {
    @Test func passesTheBytesOfAStream() async throws {
        var generator = SeededGenerator(seed: 7)
        let bytes = (0..<50_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let pieces = bytes.pieces(using: &generator).filter { !$0.isEmpty }
        try await ScriptedServer.with { exchange in
            exchange.begin(fields: ["x-request-id: r1", "set-cookie: a=b", "server: uvicorn", "retry-after: 2"])
            for piece in pieces { exchange.part(piece) }
            exchange.end()
        } _: { server in
            try await UpstreamFixture.with(port: server.port) { fixture in
                let answer = try await fixture.answer()
                #expect(answer.failure == nil)
                #expect(answer.status == 200)
                #expect(answer.contentType == "text/event-stream")
                #expect(answer.headers == ["x-request-id": "r1", "retry-after": "2"])
                #expect(answer.body == bytes)
            }
        }
    }

    @Test func sendsWhatTheUpstreamMayGet() async throws {
        try await ScriptedServer.with { exchange in
            let fields = exchange.head.headers.map { "\($0.name.lowercased()): \($0.value)" }.sorted()
            let line = "\(exchange.head.method) \(exchange.head.uri)"
            exchange.answer(([line] + fields + [String(buffer: exchange.body)]).joined(separator: "\n"))
        } _: { server in
            try await UpstreamFixture.with(port: server.port, path: "/base/v1") { fixture in
                let answer = try await fixture.answer(
                    #"{"a":1}"#, path: "/v1/completions?x=%20y",
                    headers: [
                        ("Authorization", "Bearer client"), ("Cookie", "c"), ("Accept-Encoding", "gzip"),
                        ("Content-Type", "application/json"), ("X-Request-Id", "r1"), ("Connection", "close"),
                        ("Transfer-Encoding", "chunked"), ("Host", "gateway"), ("Content-Length", "99"),
                    ])
                #expect(
                    answer.text.split(separator: "\n") == [
                        "POST /base/v1/completions?x=%20y", "accept-encoding: identity",
                        "authorization: Bearer worker-key", "content-length: 7", "content-type: application/json",
                        "host: 127.0.0.1:\(server.port)", "user-agent: drover", "x-request-id: r1", #"{"a":1}"#,
                    ])
            }
        }
    }

    @Test func usesAConnectionAgain() async throws {
        try await ScriptedServer.with {
            $0.answer("{}")
        } _: { server in
            try await UpstreamFixture.with(port: server.port) { fixture in
                for _ in 0..<5 {
                    let failure = try await fixture.answer().failure
                    #expect(failure == nil)
                }
                // An answer may be here a moment before its connection is free: a second one is made then, and no third.
                let connections = try await server.connectionCount
                #expect(connections <= 2)
            }
        }
    }

    @Test func answersManyAtOnce() async throws {
        try await ScriptedServer.with { exchange in
            exchange.begin()
            for _ in 0..<3 { exchange.part(exchange.body.readableBytesView) }
            exchange.end()
        } _: { server in
            try await UpstreamFixture.with(port: server.port) { fixture in
                let collectors = (0..<100).map { index in
                    let collector = AnswerCollector(on: fixture.loop)
                    fixture.forward("<\(index)>", to: collector)
                    return collector
                }
                for (index, collector) in collectors.enumerated() {
                    let text = try await collector.whole.text
                    #expect(text == String(repeating: "<\(index)>", count: 3))
                }
            }
        }
    }

    @Test(arguments: [
        (400, #"{"error":{"message":"no","type":"BadRequestError","param":"n","code":400}}"#, 400, nil),
        (
            422, #"{"detail":[{"loc":["body","n"],"msg":"too large"},{"msg":"odd"}]}"#, 422,
            #"{"error":{"message":"n: too large; odd","type":"invalid_request_error","param":null,"code":null}}"#
        ),
        (
            400, #"{"object":"error","message":"bad","param":"top_p"}"#, 400,
            #"{"error":{"message":"bad","type":"invalid_request_error","param":"top_p","code":null}}"#
        ),
        (
            500, "Internal Server Error\nat 3", 500,
            #"{"error":{"message":"Internal Server Error","type":"server_error","param":null,"code":null}}"#
        ),
        (
            503, "<html><p>Busy</p></html>", 503,
            #"{"error":{"message":"The engine answered with status 503.","type":"service_unavailable_error","param":null,"code":null}}"#
        ),
        (
            429, "", 429,
            #"{"error":{"message":"The engine answered with status 429.","type":"rate_limit_error","param":null,"code":null}}"#
        ),
        (
            401, #"{"error":{"message":"Invalid key worker-key"}}"#, 502,
            #"{"error":{"message":"The engine refuses the gateway's credentials.","type":"server_error","param":null,"code":"bad_gateway"}}"#
        ),
        (
            307, "", 502,
            #"{"error":{"message":"The engine answers with a redirection, which is not followed.","type":"server_error","param":null,"code":"bad_gateway"}}"#
        ),
    ])
    func passesOrWrapsErrors(status: Int, body: String, newStatus: Int, wrapped: String?) async throws {
        try await ScriptedServer.with { exchange in
            exchange.answer(body, status: status, fields: ["location: /x", "retry-after: 3"], type: "text/x")
        } _: { server in
            try await UpstreamFixture.with(port: server.port) { fixture in
                let answer = try await fixture.answer()
                #expect(answer.failure == nil)
                #expect(answer.status == newStatus)
                #expect(answer.contentType == "application/json")
                #expect(answer.headers == ["retry-after": "3"])
                #expect(answer.text == wrapped ?? body)
            }
        }
    }

    @Test func takesTheBeginningOfALongError() async throws {
        var limits = HTTPUpstreamLimits()
        limits.errorBytes = 1000
        try await ScriptedServer.with { exchange in
            exchange.send("HTTP/1.1 500 No\r\ntransfer-encoding: chunked\r\n\r\n")
            for _ in 0..<3 { exchange.part(Array(repeating: UInt8(ascii: "x"), count: 600)) }
        } _: { server in
            try await UpstreamFixture.with(port: server.port, limits: limits) { fixture in
                let answer = try await fixture.answer()
                #expect(answer.failure == nil && answer.status == 500)
                #expect(answer.text.contains(String(repeating: "x", count: 300) + "…"))
            }
        }
    }
}
