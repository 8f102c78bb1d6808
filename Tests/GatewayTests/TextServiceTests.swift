import JSONBytes
import OpenAIAPI
import ServingModel
import ServingTesting
import Testing

/// What needs no engine: tokenizing, counting, rendering, one by one and in batches.
struct TextServiceTests {
    private static let conversation = #"{"model":"tiny","messages":[{"role":"user","content":"hi"}]}"#

    private func json(_ fixture: GatewayFixture, _ path: String, _ body: String) throws -> JSONValue {
        let answer = try fixture.answer(HTTPRequests.post(path, body))
        #expect(answer.status == 200)
        return try answer.json
    }

    @Test func rendersWhatTheEngineWouldGet() throws {
        let fixture = GatewayFixture()
        let rendered = try json(fixture, "/v1/render", Self.conversation)
        _ = try fixture.answer(HTTPRequests.post("/v1/chat/completions", Self.conversation))
        let prompt = try #require(fixture.engine.submissions.first).prompt
        #expect(rendered["tokens"] == .array(prompt.map { .integer(Int($0.rawValue)) }))
        #expect(rendered["count"] == .integer(prompt.count))
        guard case .string(let text)? = rendered["prompt"] else { throw HTTPAnswer.Malformed("no prompt") }
        #expect(text.contains("hi"))
    }

    @Test func countsWhatItWouldTokenize() throws {
        let fixture = GatewayFixture()
        for body in [#"{"prompt":"hello"}"#, Self.conversation] {
            let tokens = try json(fixture, "/v1/tokenize", body)
            #expect(try json(fixture, "/v1/count", body)["count"] == tokens["count"])
        }
    }

    @Test func answersEachRequestOfABatch() throws {
        let fixture = GatewayFixture()
        let answer = try json(
            fixture, "/v1/count", #"{"batch":[{"prompt":"ab"},{"prompt":1},{"prompt":"abc"}, 7 ]}"#)
        guard case .array(let results)? = answer["results"] else { throw HTTPAnswer.Malformed("no results") }
        #expect(results.count == 4)
        #expect(results[0]["count"] == .integer(2) && results[2]["count"] == .integer(3))
        #expect(results[1]["error.param"] == .string("prompt"))
        #expect(results[3]["error.type"] == .string("invalid_request_error"))
        #expect(try json(fixture, "/v1/detokenize", #"{"batch":[]}"#)["results"] == .array([]))
    }

    @Test(arguments: [
        (#"{"batch":{}}"#, "batch"), (#"{"batch":null}"#, "batch"), (#"{"batch":[],"model":"tiny"}"#, "model"),
        (#"{"model":"tiny","batch":[]}"#, "batch"),
    ])
    func refusesWhatIsNoBatch(_ body: String, _ param: String) throws {
        let answer = try GatewayFixture().answer(HTTPRequests.post("/v1/tokenize", body))
        #expect(answer.status == 400)
        #expect(try answer.json["error.param"] == .string(param))
    }

    @Test func limitsBatches() throws {
        let parts = Array(repeating: #"{"prompt":"a"}"#, count: RequestLimits().batch + 1).joined(separator: ",")
        let answer = try GatewayFixture().answer(HTTPRequests.post("/v1/count", "{\"batch\":[\(parts)]}"))
        #expect(answer.status == 400 && answer.text.contains("1024"))
    }

    @Test func breaksOffBrokenBatches() throws {
        let body = Array(#"{"batch":[{"prompt":"a"},{"prompt":"b"}]}"#.utf8)
        #expect(try BatchedRequest.parts(of: body)?.count == 2)
        for length in 0..<body.count {
            let outcome = Result { try BatchedRequest.parts(of: Array(body.prefix(length))) }
            // Cut before it is known to be a batch, it is left to the decoder of the one request.
            if case .success(let parts?) = outcome { Issue.record("\(length) bytes gave \(parts.count) parts") }
        }
    }

    @Test func servesTextsWithoutAnEngine() throws {
        let fixture = GatewayFixture(hasEngine: false)
        #expect(try json(fixture, "/v1/count", #"{"prompt":"abc"}"#)["count"] == .integer(3))
        for path in ["/v1/chat/completions", "/v1/completions"] {
            let refused = try fixture.answer(HTTPRequests.post(path, Self.conversation))
            #expect(refused.status == 404 && refused.isWhole)
        }
        #expect(fixture.metric("drover_engine_steps_total") == nil)
    }
}
