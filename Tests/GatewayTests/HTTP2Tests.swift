import Gateway
import JSONBytes
import Logging
import NIOCore
import NIOHPACK
import NIOHTTP2
import ServingModel
import ServingTesting
import Testing

/// Requests and answers over HTTP/2 without TLS.
struct HTTP2Tests {
    private let hello = Script(
        tokens: [TinyVocabulary.tokens("Hi!")], end: .stop(TinyVocabulary.turnEnd), cachedTokens: 2)

    private func status(_ client: HTTP2TestClient, _ stream: HTTP2StreamID) -> Int? { client.answer(stream)?.status }

    @Test func answersWhole() throws {
        let fixture = GatewayFixture([hello])
        let client = try HTTP2TestClient(fixture)
        let stream = client.chat()
        fixture.settle()
        let answer = try #require(client.answer(stream))
        #expect(answer.status == 200 && answer.isWhole)
        #expect(try answer.json["choices.0.message.content"] == .string("Hi!"))
        #expect(answer.fields["content-type"] == "application/json")
        #expect(answer.fields["content-length"] == String(answer.body.count))
        #expect(answer.fields["date"] != nil && answer.fields["x-request-id"]?.count == 24)
        for name in ["connection", "transfer-encoding"] { #expect(answer.fields[name] == nil) }
    }

    @Test func streamsTheSameEventsAsHTTP1() throws {
        let fixture = GatewayFixture([hello, hello])
        let client = try HTTP2TestClient(fixture)
        let stream = client.chat(#","stream":true"#)
        var lengths: [Int] = []
        for _ in 0..<4 {
            fixture.step()
            lengths.append(client.answer(stream)?.body.count ?? 0)
        }
        #expect(zip(lengths, lengths.dropFirst()).allSatisfy { $0 < $1 }, "each token leaves when it is there")
        let answer = try #require(client.answer(stream))
        #expect(answer.isWhole && answer.fields["cache-control"] == "no-cache")
        #expect(answer.fields["content-type"] == "text/event-stream; charset=utf-8")
        let expected = try fixture.answer(HTTPRequests.chat(#","stream":true"#)).events
        let stable = { (event: String) in
            event == "[DONE]" ? .null : try JSONValue(parsing: event)["choices"] ?? .null
        }
        #expect(try answer.events.map(stable) == expected.map(stable))
    }

    @Test func answersManyStreamsOfOneConnectionAtOnce() throws {
        let count = 200
        let fixture = GatewayFixture(
            Array(repeating: hello, count: count), parallelSequences: count, queueRequests: count)
        let client = try HTTP2TestClient(fixture, window: 1 << 20)
        client.send(.rootStream, .windowUpdate(windowSizeIncrement: 1 << 24))
        let streams = (0..<count).map { _ in client.chat(#","stream":true"#) }
        fixture.step()
        let before = client.link.serverWire.sends
        fixture.step()
        #expect(client.link.serverWire.sends == before + 1, "a step's events of all streams leave in one system call")
        fixture.settle()
        for stream in streams {
            let answer = try #require(client.answer(stream))
            #expect(answer.isWhole)
            #expect(try answer.events.last == "[DONE]")
        }
        #expect(fixture.state.count == 1 && !client.isClosed)
    }

    @Test func answersErrorsAsTheAPIDoes() throws {
        let fixture = GatewayFixture { $0.bodyBytes = 1000 }
        let client = try HTTP2TestClient(fixture)
        let cases = [
            (client.get("/nowhere"), 404), (client.get("/v1/completions"), 405),
            (client.post("/v1/completions", "{"), 400),
            (client.begin("POST", "/tokenize", [("content-type", "text/plain")], isWhole: true), 415),
            (client.begin("POST", "/tokenize", [("content-length", "1001")]), 413),
        ]
        for (stream, status) in cases {
            let answer = try #require(client.answer(stream))
            #expect(answer.status == status && answer.isWhole && answer.fields["content-type"] == "application/json")
            #expect(try answer.json["error.message"] != .null)
        }
        #expect(client.answer(client.get("/v1/completions"))?.fields["allow"] == "POST")
        #expect(status(client, client.get("/health")) == 200, "the connection goes on")
    }

    @Test func refusesLargeHeads() throws {
        for fields in [
            [("x", String(repeating: "a", count: 5001))], (0..<101).map { ("x-\($0)", "a") },
            (0..<3).map { ("x-\($0)", String(repeating: "a", count: 2500)) },
        ] {
            let fixture = GatewayFixture {
                $0.headerFieldBytes = 5000
                $0.headerBytes = 7000
            }
            let client = try HTTP2TestClient(fixture)
            #expect(status(client, client.get("/health", fields)) == 431)
            #expect(status(client, client.get("/health")) == 200)
        }
    }

    @Test func refusesABodyThatGrowsTooLarge() throws {
        let fixture = GatewayFixture { $0.bodyBytes = 100 }
        let client = try HTTP2TestClient(fixture)
        let stream = client.begin("POST", "/tokenize", [("content-type", "application/json")])
        client.send(stream, body: String(repeating: " ", count: 101), isWhole: false)
        #expect(status(client, stream) == 413)
        // The rest is thrown away, for some time.
        client.send(stream, body: "more", isWhole: false)
        #expect(client.reset(stream) == nil)
        fixture.state.sweep(WallClock.now.advanced(bySeconds: 6))
        #expect(client.reset(stream) == .noError)
        #expect(status(client, client.post("/tokenize", #"{"prompt":"a"}"#)) == 200)
    }

    @Test func countsBodiesUntilTheyAreAnsweredOrLeft() throws {
        let fixture = GatewayFixture {
            $0.bodyBytes = 200
            $0.allBodiesBytes = 300
        }
        let client = try HTTP2TestClient(fixture)
        let body = #"{"prompt":"\#(String(repeating: "a", count: 187))"}"#
        let held = client.begin("POST", "/tokenize", [("content-type", "application/json")])
        client.send(held, body: body, isWhole: false)
        #expect(status(client, client.post("/tokenize", body)) == 503)
        client.send(held, .rstStream(.cancel))
        #expect(status(client, client.post("/tokenize", body)) == 200)
    }

    @Test func answersHeadWithoutABody() throws {
        let client = try HTTP2TestClient(GatewayFixture())
        let head = try #require(client.answer(client.get("/v1/models", method: "HEAD")))
        let get = try #require(client.answer(client.get("/v1/models")))
        #expect(head.isWhole && head.body.isEmpty && !get.body.isEmpty)
        #expect(head.fields["content-length"] == get.fields["content-length"])
    }

    @Test func tellsAWaitingClientToGoOn() throws {
        let client = try HTTP2TestClient(GatewayFixture())
        let fields = [("content-type", "application/json"), ("expect", "100-continue")]
        let stream = client.begin("POST", "/tokenize", fields)
        #expect(client.isToldToGoOn(stream) && client.answer(stream) == nil)
        client.send(stream, body: #"{"prompt":"a"}"#)
        #expect(status(client, stream) == 200)
        let refused = client.begin("POST", "/nowhere", fields)
        #expect(!client.isToldToGoOn(refused) && status(client, refused) == 404)
    }

    @Test func takesTrailersForTheEnd() throws {
        let client = try HTTP2TestClient(GatewayFixture())
        let stream = client.begin("POST", "/tokenize", [("content-type", "application/json")])
        client.send(stream, body: #"{"prompt":"a"}"#, isWhole: false)
        #expect(client.answer(stream) == nil)
        client.send(stream, .headers(.init(headers: ["x-checksum": "1"], endStream: true)))
        #expect(status(client, stream) == 200)
    }

    @Test func resetsMalformedRequestsAlone() throws {
        let fixture = GatewayFixture([hello])
        let client = try HTTP2TestClient(fixture)
        let running = client.chat(#","stream":true"#)
        fixture.step()
        for fields in [[("connection", "close")], [("transfer-encoding", "chunked")], [("X-Upper", "a")]] {
            let stream = client.get("/health", fields)
            #expect(client.reset(stream) == .protocolError && client.answer(stream) == nil)
        }
        let short = client.begin("POST", "/tokenize", [("content-type", "application/json"), ("content-length", "5")])
        client.send(short, body: "{}")
        #expect(client.reset(short) == .protocolError)
        #expect(fixture.lines("A stream of HTTP/2 was reset.").count == 4)
        fixture.settle()
        #expect(client.answer(running)?.isWhole == true && !client.isClosed)
    }

    @Test func tellsOfAFailureInTheMiddle() throws {
        let fixture = GatewayFixture([Script(failure: .afterTokens(2, .broken("nothing for clients")))])
        let client = try HTTP2TestClient(fixture)
        let stream = client.chat(#","stream":true"#)
        fixture.settle()
        let answer = try #require(client.answer(stream))
        #expect(!answer.isWhole && client.reset(stream) == .internalError && !client.isClosed)
        let last = try JSONValue(parsing: try #require(answer.events.last))
        #expect(last["error.type"] == .string("server_error") && !answer.text.contains("[DONE]"))
    }
}
