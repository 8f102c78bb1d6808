import Gateway
import InMemoryLogging
import JSONBytes
import Logging
import NIOEmbedded
import ServingModel
import ServingTesting
import Testing

struct RefusalTests {
    private func check(_ answer: HTTPAnswer, _ status: Int, _ code: String, param: String? = nil) throws {
        #expect(answer.status == status && answer.isWhole)
        let json = try answer.json
        #expect(json["error.code"] == .string(code))
        #expect(json["error.param"] == (param.map { .string($0) } ?? .null))
        guard case .string(let message)? = json["error.message"] else { throw HTTPAnswer.Malformed("no message") }
        #expect(message.hasSuffix("."))
    }

    @Test func refusesStrangePathsMethodsAndTypes() throws {
        let fixture = GatewayFixture()
        try check(try fixture.answer(HTTPRequests.get("/v2")), 404, "unknown_url")
        let wrongMethod = try fixture.answer(HTTPRequests.get("/v1/completions"))
        try check(wrongMethod, 405, "method_not_allowed")
        #expect(wrongMethod.fields["allow"] == "POST")
        let posted = try fixture.answer(HTTPRequests.post("/v1/models", "{}"))
        #expect(posted.status == 405 && posted.fields["allow"] == "GET, HEAD")
        let form = HTTPRequests.post("/v1/completions", "a=b", type: "application/x-www-form-urlencoded")
        try check(try fixture.answer(form), 415, "unsupported_media_type")
    }

    @Test func refusesBrokenBodies() throws {
        let fixture = GatewayFixture()
        for body in ["", "{", "[]", "null", "{\"model\":\"tiny\"", "{\"a\":1}x", "\u{FEFF}{}"] {
            let answer = try fixture.answer(HTTPRequests.post("/v1/completions", body))
            #expect(answer.status == 400)
            #expect(try answer.json["error.type"] == .string("invalid_request_error"))
        }
        let answer = try fixture.answer(HTTPRequests.post("/v1/completions", "{"))
        try check(answer, 400, "invalid_json")
    }

    @Test func refusesOtherModelsAndTokens() throws {
        let fixture = GatewayFixture()
        let other = HTTPRequests.post("/v1/completions", #"{"model":"other","prompt":"a"}"#)
        try check(try fixture.answer(other), 404, "model_not_found", param: "model")
        try check(try fixture.answer(HTTPRequests.completion("[1,261]")), 400, "invalid_value", param: "prompt")
        try check(try fixture.answer(HTTPRequests.completion(#""""#)), 400, "invalid_value", param: "prompt")
        try check(
            try fixture.answer(HTTPRequests.chat(#","logit_bias":{"999":1}"#)), 400, "invalid_value",
            param: "logit_bias")
        try check(try fixture.answer(HTTPRequests.chat(#","n":9"#)), 400, "invalid_value", param: "n")
        #expect(fixture.engine.submissions.isEmpty)
    }

    @Test func saysByHowMuchAPromptIsTooLong() throws {
        let fixture = GatewayFixture(contextTokens: 32)
        let prompt = String(repeating: "a", count: 40)
        for options in ["", #","stream":true"#] {
            let answer = try fixture.answer(HTTPRequests.completion("\"\(prompt)\"", options))
            try check(answer, 400, "context_length_exceeded", param: "prompt")
            #expect(answer.text.contains("40") && answer.text.contains("32"))
        }
        #expect(fixture.metric(#"drover_requests_total{outcome="refused"}"#) == "2")
    }

    @Test func mapsTheEnginesErrors() throws {
        let cases: [(EngineError, Int, String, retries: Bool)] = [
            (.queueFull(limit: 7), 429, "queue_full", true), (.deadlinePassed, 503, "deadline_passed", true),
            (.stopping, 503, "shutting_down", true), (.broken("secret"), 500, "server_error", false),
            (.invalid(field: "n", reason: "no"), 400, "invalid_value", false),
        ]
        for (error, status, code, retries) in cases {
            for options in ["", #","stream":true"#] {
                let fixture = GatewayFixture([Script(failure: .beforeStart(error))])
                let answer = try fixture.answer(HTTPRequests.chat(options))
                try check(answer, status, code, param: code == "invalid_value" ? "n" : nil)
                #expect((answer.fields["retry-after"] == "1") == retries)
                #expect(!answer.text.contains("secret"))
            }
        }
    }

    @Test func refusesWhatTheQueueCannotHold() throws {
        let fixture = GatewayFixture(
            Array(repeating: Script(isIgnored: true), count: 2), parallelSequences: 1, queueRequests: 2)
        let clients = try (0..<3).map { _ in try fixture.connect() }
        for client in clients { client.send(HTTPRequests.chat()) }
        fixture.settle()
        #expect(clients[0].received.isEmpty && clients[1].received.isEmpty)
        #expect(try clients[2].onlyAnswer().status == 429)
        #expect(fixture.metric("drover_requests_running") == "2")
    }

    @Test func refusesWhatHasWaitedTooLong() throws {
        let fixture = GatewayFixture([Script(isIgnored: true)])
        let client = try fixture.connect()
        client.send(HTTPRequests.chat())
        fixture.settle()
        fixture.clock.advance(bySeconds: 1e8)
        fixture.settle()
        try check(try client.onlyAnswer(), 503, "deadline_passed")
    }

    /// Every refused request gets an answer, a counter and one line.
    @Test func countsAndLogsEachRefusal() throws {
        let cases: [(request: [UInt8], error: EngineError?, status: Int)] = [
            (HTTPRequests.get("/v2"), nil, 404), (HTTPRequests.get("/v1/completions"), nil, 405),
            (HTTPRequests.post("/tokenize", "{}", type: "text/plain"), nil, 415),
            (HTTPRequests.post("/v1/completions", "{"), nil, 400), (Array("GARBAGE\r\n\r\n".utf8), nil, 400),
            (HTTPRequests.post("/tokenize", String(repeating: " ", count: 2000)), nil, 413),
            (HTTPRequests.get("/" + String(repeating: "a", count: 100_000)), nil, 431),
            (HTTPRequests.chat(), .queueFull(limit: 1), 429), (HTTPRequests.chat(), .deadlinePassed, 503),
            (HTTPRequests.chat(#","stream":true"#), .queueFull(limit: 1), 429),
        ]
        for (request, error, status) in cases {
            let fixture = GatewayFixture(error.map { [Script(failure: .beforeStart($0))] } ?? []) {
                $0.bodyBytes = 1000
            }
            #expect(try fixture.answer(request).status == status)
            #expect(fixture.metric("drover_http_errors_total{status=\"\(status)\"}") == "1")
            let line = try #require(fixture.log.entries.first)
            #expect(fixture.log.entries.count == 1 && line.message == "A request was refused.")
            #expect(line.metadata["status"] == "\(status)" && line.metadata["request"] != nil)
            #expect(line.metadata["reason"] != nil)
        }
    }

    @Test func logsNothingOfWhatGoesWell() throws {
        let fixture = GatewayFixture()
        _ = try fixture.answer(HTTPRequests.get("/health"))
        _ = try fixture.answer(HTTPRequests.completion())
        #expect(fixture.log.entries.isEmpty)
    }

    @Test func logsWhyTheEngineFailed() throws {
        for failure in [Script.Failure.beforeStart(.broken("why")), .afterTokens(1, .broken("why"))] {
            let fixture = GatewayFixture([Script(failure: failure)])
            let client = try fixture.connect()
            client.send(HTTPRequests.chat(#","stream":true"#))
            fixture.settle()
            let lines = fixture.lines("The engine failed a request.")
            #expect(lines.count == 1 && lines[0].level == .error && lines[0].metadata["reason"] == "why")
            #expect(fixture.metric(#"drover_requests_total{outcome="failed"}"#) == "1")
        }
    }

    @Test func countsAndLogsConnectionsThatAreTooMany() throws {
        let fixture = GatewayFixture { $0.connections = 1 }
        let first = try fixture.connect()
        #expect(throws: GatewayError.self) { try fixture.connect() }
        #expect(fixture.metric("drover_connections_refused_total") == "1")
        #expect(fixture.log.entries.map(\.level) == [.warning])
        first.disconnect()
        fixture.loop.run()
        #expect(try fixture.answer(HTTPRequests.get("/health")).status == 200)
    }

    @Test func failsAllPromptsWithOne() throws {
        let fixture = GatewayFixture([Script(), Script(failure: .beforeStart(.queueFull(limit: 1)))])
        let answer = try fixture.answer(HTTPRequests.completion(#"["a","b"]"#))
        #expect(answer.status == 429)
        let ids = fixture.engine.submissions.map(\.id)
        #expect(
            Set(fixture.engine.verbs.map { "\($0)" })
                == Set(ids.map { "\(ScriptedEngine.Verb.cancel($0, choice: nil))" }))
        #expect(fixture.engine.snapshot().runningSequences == 0)
    }
}
