import Gateway
import NIOEmbedded
import ServingModel
import ServingTesting
import Testing

struct ConnectionTests {
    private static let hello = Script(tokens: [TinyVocabulary.tokens("Hello")])

    /// An answer without what differs from one to the next.
    private static func stable(_ answer: HTTPAnswer) -> HTTPAnswer {
        var answer = answer
        answer.fields["date"] = nil
        return answer
    }

    @Test(arguments: [
        HTTPRequests.get("/v1/models", fields: "X-Request-ID: a\r\n"),
        HTTPRequests.post("/tokenize", #"{"prompt":"the end"}"#, fields: "X-Request-ID: a\r\n"),
        Array(
            ("POST /tokenize HTTP/1.1\r\nHost: t\r\nX-Request-ID: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "8\r\n{\"prompt\r\n3\r\n\":\"\r\n6\r\nabcd\"}\r\n0\r\n\r\n").utf8),
        HTTPRequests.get("/nowhere", fields: "X-Request-ID: a\r\n"),
    ])
    func answersAlikeHoweverTheRequestIsCut(_ request: [UInt8]) throws {
        let expected = Self.stable(try GatewayFixture().answer(request))
        let fixture = GatewayFixture()
        for split in 0...request.count {
            let client = try fixture.connect()
            client.send(Array(request[..<split]))
            client.send(Array(request[split...]))
            #expect(Self.stable(try client.onlyAnswer()) == expected, "cut at \(split)")
            client.disconnect()
        }
        let client = try fixture.connect()
        for byte in request { client.send([byte]) }
        #expect(Self.stable(try client.onlyAnswer()) == expected)
    }

    @Test func answersPipelinedRequestsInOrder() throws {
        let fixture = GatewayFixture([Self.hello, Self.hello])
        let client = try fixture.connect()
        client.send(
            HTTPRequests.chat(fields: "X-Request-ID: 1\r\n")
                + HTTPRequests.get("/health", method: "HEAD", fields: "X-Request-ID: 2\r\n")
                + HTTPRequests.chat(#","stream":true"#, fields: "X-Request-ID: 3\r\n")
                + HTTPRequests.get("/nowhere", fields: "X-Request-ID: 4\r\n"))
        #expect(client.received.isEmpty)
        #expect(fixture.engine.submissions.count == 1)
        fixture.settle()
        let answers = try client.answers(heads: [false, true, false, false])
        #expect(answers.map { $0.fields["x-request-id"] } == ["1", "2", "3", "4"])
        #expect(answers.map(\.status) == [200, 200, 200, 404])
        #expect(answers.allSatisfy(\.isWhole) && client.isOpen)
    }

    @Test func answersThousandsOfWaitingRequestsWithoutNesting() throws {
        let fixture = GatewayFixture([Self.hello])
        let client = try fixture.connect()
        let count = 20_000
        client.send(HTTPRequests.chat() + Array((0..<count).map { _ in HTTPRequests.get("/health") }.joined()))
        fixture.settle()
        #expect(try client.answers().count == count + 1)
    }

    @Test func readsNoFurtherThanAClientMayRunAhead() throws {
        let fixture = GatewayFixture([Self.hello]) { $0.pipelinedBytes = 4096 }
        let client = try fixture.connect()
        client.send(HTTPRequests.chat())
        let ahead = HTTPRequests.get("/health", fields: "X-Long: \(String(repeating: "a", count: 1000))\r\n")
        for _ in 0..<10 { client.send(ahead) }
        #expect(client.reads < 8)
        let before = client.reads
        fixture.settle()
        #expect(client.reads > before)
        #expect(try client.answers().count == 11)
    }

    @Test func keepsTheConnectionAsAsked() throws {
        let cases = [
            ("1.1", "", true), ("1.1", "Connection: close\r\n", false), ("1.0", "", false),
            ("1.0", "Connection: keep-alive\r\n", true),
        ]
        for (version, fields, isKept) in cases {
            let fixture = GatewayFixture()
            let client = try fixture.connect()
            client.send(HTTPRequests.get("/health", fields: fields, version: version))
            #expect(client.isOpen == isKept)
            let answer = try client.onlyAnswer()
            #expect(answer.isWhole)
            #expect(answer.fields["connection"] == (isKept ? (version == "1.0" ? "keep-alive" : nil) : "close"))
        }
    }

    @Test func answersHeadWithoutABody() throws {
        let fixture = GatewayFixture()
        let client = try fixture.connect()
        client.send(HTTPRequests.get("/v1/models", method: "HEAD") + HTTPRequests.get("/v1/models"))
        let answers = try client.answers(heads: [true, false])
        #expect(answers.count == 2 && answers[0].body.isEmpty)
        #expect(answers[0].fields["content-length"] == answers[1].fields["content-length"])
    }

    @Test func tellsAWaitingClientToGoOn() throws {
        let fixture = GatewayFixture()
        let client = try fixture.connect()
        let body = #"{"prompt":"a"}"#
        let head =
            "POST /tokenize HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
            + "Content-Length: \(body.count)\r\n\r\n"
        client.send(head)
        #expect(client.text == "HTTP/1.1 100 Continue\r\n\r\n")
        client.send(body)
        #expect(try client.onlyAnswer().status == 200 && client.isOpen)
    }

    @Test func refusesBeforeAWaitingClientSendsItsBody() throws {
        for (path, length, status) in [("/nowhere", 10, 404), ("/tokenize", 1 << 40, 413)] {
            let client = try GatewayFixture().connect()
            client.send("POST \(path) HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: \(length)\r\n\r\n")
            #expect(try client.onlyAnswer().status == status)
            #expect(!client.text.contains("100 Continue") && !client.isOpen)
        }
    }

    @Test func refusesLargeBodies() throws {
        let fixture = GatewayFixture { $0.bodyBytes = 100 }
        let declared = try fixture.connect()
        declared.send(
            "POST /tokenize HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nContent-Length: 101\r\n\r\n{")
        #expect(try declared.onlyAnswer().status == 413 && !declared.isOpen)
        declared.send(String(repeating: " ", count: 1000))
        #expect(try declared.onlyAnswer().status == 413)

        let chunked = try fixture.connect()
        chunked.send(
            "POST /tokenize HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        for _ in 0..<5 { chunked.send("32\r\n\(String(repeating: " ", count: 50))\r\n") }
        #expect(try chunked.onlyAnswer().status == 413 && !chunked.isOpen)

        let fitting = #"{"prompt":"\#(String(repeating: "a", count: 87))"}"#
        #expect(try fixture.answer(HTTPRequests.post("/tokenize", fitting)).status == 200)
    }

    /// The bodies of all connections together have a limit too; what has been answered, refused or left counts no more.
    @Test func refusesBodiesThatAreTooLargeTogether() throws {
        let fixture = GatewayFixture([Script(isIgnored: true)]) {
            $0.bodyBytes = 200
            $0.allBodiesBytes = 300
        }
        let body = #"{"prompt":"\#(String(repeating: "a", count: 187))"}"#
        let request = HTTPRequests.post("/tokenize", body)
        let held = try fixture.connect()
        held.send(Array(request.dropLast()))
        let check = { (status: Int) in
            let client = try fixture.connect()
            client.send(request)
            let answer = try client.onlyAnswer()
            #expect(answer.status == status && client.isOpen == (status == 200))
            #expect((answer.fields["retry-after"] == "1") == (status == 503))
        }
        for _ in 0..<3 { try check(503) }
        #expect(fixture.metric(#"drover_http_errors_total{status="503"}"#) == "3")
        held.send(Array(request.suffix(1)))
        #expect(try held.onlyAnswer().status == 200)
        for _ in 0..<3 { try check(200) }
        // A body counts until its request is answered, and no longer than its client is there.
        let generating = try fixture.connect()
        generating.send(HTTPRequests.chat(#","user":"\#(String(repeating: "a", count: 120))""#))
        try check(503)
        generating.disconnect()
        fixture.loop.run()
        try check(200)
        let leaving = try fixture.connect()
        leaving.send(Array(request.dropLast()))
        leaving.disconnect()
        fixture.loop.run()
        try check(200)
    }

    @Test func refusesLargeHeads() throws {
        let fixture = GatewayFixture()
        for request in [
            HTTPRequests.get("/health", fields: "X-A: \(String(repeating: "a", count: 20_000))\r\n"),
            HTTPRequests.get("/health", fields: (0..<101).map { "X-\($0): a\r\n" }.joined()),
            HTTPRequests.get(
                "/health", fields: (0..<9).map { "X-\($0): \(String(repeating: "a", count: 9000))\r\n" }.joined()),
            HTTPRequests.get("/" + String(repeating: "a", count: 100_000)),
        ] {
            let client = try fixture.connect()
            client.send(request)
            #expect(try client.onlyAnswer().status == 431 && !client.isOpen)
        }
    }

    @Test func answersWhatIsNotHTTP() throws {
        for garbage in ["GARBAGE\r\n\r\n", "GET / HTTP/1.1\r\nHost t\r\n\r\n", "\u{16}\u{3}\u{1}\0\0"] {
            let client = try GatewayFixture().connect()
            client.send(garbage)
            #expect(try client.onlyAnswer().status == 400 && !client.isOpen)
            // What follows is dropped; the client may read its answer in peace.
            client.send("more of it\r\n\r\n")
            #expect(!client.isClosed)
            #expect(try client.onlyAnswer().status == 400)
        }
    }

    @Test func finishesAnAnswerBeforeItRefusesWhatFollows() throws {
        let fixture = GatewayFixture([Self.hello])
        let client = try fixture.connect()
        client.send(HTTPRequests.chat() + Array("GARBAGE\r\n\r\n".utf8))
        fixture.settle()
        #expect(try client.answers().map(\.status) == [200, 400] && !client.isOpen)
    }

    @Test func refusesABrokenBodysFraming() throws {
        let client = try GatewayFixture().connect()
        client.send(
            "POST /tokenize HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
        )
        #expect(try client.onlyAnswer().status == 400 && !client.isOpen)
    }
}
