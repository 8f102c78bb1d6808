import JSONBytes
import NIOEmbedded
import ServingModel
import ServingTesting
import Testing

struct StreamTests {
    private let hello = Script(
        tokens: [TinyVocabulary.tokens("Hi!")], end: .stop(TinyVocabulary.turnEnd), cachedTokens: 2)

    /// The parsed events without the last, which must be `[DONE]`.
    private func chunks(_ answer: HTTPAnswer) throws -> [JSONValue] {
        #expect(answer.status == 200 && answer.isWhole)
        #expect(answer.fields["content-type"] == "text/event-stream; charset=utf-8")
        let events = try answer.events
        #expect(events.last == "[DONE]")
        return try events.dropLast().map { try JSONValue(parsing: $0) }
    }

    @Test func streamsAChat() throws {
        let fixture = GatewayFixture([hello])
        let answer = try fixture.answer(HTTPRequests.chat(#","stream":true"#))
        let chunks = try chunks(answer)
        #expect(answer.fields["transfer-encoding"] == "chunked")
        #expect(chunks.first?["choices.0.delta.role"] == .string("assistant"))
        let texts = chunks.compactMap { $0["choices.0.delta.content"] }
        #expect(texts == ["", "H", "i", "!"].map { .string($0) })
        #expect(chunks.last?["choices.0.finish_reason"] == .string("stop"))
        #expect(chunks.allSatisfy { $0["usage"] == nil && $0["id"] == chunks[0]["id"] })
        #expect(chunks.dropLast().allSatisfy { $0["choices.0.finish_reason"] == .null })
    }

    @Test func sendsEachTokenWhenItIsThere() throws {
        let fixture = GatewayFixture([hello])
        let client = try fixture.connect()
        client.send(HTTPRequests.chat(#","stream":true"#))
        fixture.loop.run()
        #expect(client.text.isEmpty)
        var lengths = [0]
        for _ in 0..<4 {
            fixture.step()
            lengths.append(client.text.utf8.count)
        }
        #expect(zip(lengths, lengths.dropFirst()).allSatisfy { $0 < $1 })
        #expect(try client.onlyAnswer().isWhole)
    }

    @Test func endsWithTheUsageWhenAskedFor() throws {
        let fixture = GatewayFixture([hello])
        let answer = try fixture.answer(HTTPRequests.chat(#","stream":true,"stream_options":{"include_usage":true}"#))
        let chunks = try chunks(answer)
        #expect(chunks.last?["choices"] == .array([]))
        #expect(chunks.last?["usage.completion_tokens"] == .integer(4))
        #expect(chunks.last?["usage.prompt_tokens_details.cached_tokens"] == .integer(2))
        #expect(chunks.dropLast().allSatisfy { $0["usage"] == .null })
    }

    @Test func streamsChoicesOfSeveralPrompts() throws {
        let scripts = ["ab", "cd"].map { text in
            Script(tokens: text.utf8.map { [TokenID(Int32($0)), TokenID(Int32($0))] })
        }
        let fixture = GatewayFixture(scripts)
        let answer = try fixture.answer(HTTPRequests.completion(#"["x","y"]"#, #","n":2,"stream":true,"echo":true"#))
        var texts = Array(repeating: "", count: 4)
        var ends = 0
        for chunk in try chunks(answer) {
            guard case .integer(let index)? = chunk["choices.0.index"],
                case .string(let text)? = chunk["choices.0.text"]
            else { continue }
            texts[index] += text
            if chunk["choices.0.finish_reason"] != .null { ends += 1 }
        }
        #expect(texts == ["xaa", "xbb", "ycc", "ydd"] && ends == 4)
    }

    @Test func neverShowsAStopString() throws {
        let fixture = GatewayFixture([Script(tokens: [TinyVocabulary.tokens("say STOP now")])])
        let answer = try fixture.answer(HTTPRequests.chat(#","stream":true,"stop":["STOP","xyz"]"#))
        let text = try chunks(answer).compactMap { chunk -> String? in
            if case .string(let text)? = chunk["choices.0.delta.content"] { text } else { nil }
        }
        #expect(text.joined() == "say ")
        #expect(fixture.engine.verbs == [.cancel(fixture.engine.submissions[0].id, choice: 0)])
    }

    @Test func streamsLogprobs() throws {
        let fixture = GatewayFixture([hello])
        let answer = try fixture.answer(HTTPRequests.completion(#""a""#, #","stream":true,"logprobs":1"#))
        let offsets = try chunks(answer).compactMap { $0["choices.0.logprobs.text_offset.0"] }
        #expect(offsets == (0..<3).map { .integer($0) })
    }

    @Test func endsAnOldClientsStreamWithTheConnection() throws {
        for fields in ["", "Connection: keep-alive\r\n"] {
            let fixture = GatewayFixture([hello])
            let client = try fixture.connect()
            client.send(HTTPRequests.chat(#","stream":true"#, fields: fields, version: "1.0"))
            fixture.settle()
            #expect(!client.isOpen)
            let answer = try client.onlyAnswer()
            #expect(answer.fields["transfer-encoding"] == nil && answer.fields["connection"] == "close")
            #expect(try chunks(answer).count == 5)
        }
    }

    @Test func tellsOfAFailureInTheMiddle() throws {
        let fixture = GatewayFixture([Script(failure: .afterTokens(2, .broken("nothing for clients")))])
        let client = try fixture.connect()
        client.send(HTTPRequests.chat(#","stream":true"#))
        fixture.settle()
        let answer = try client.onlyAnswer()
        #expect(!answer.isWhole && !client.isOpen)
        let last = try JSONValue(parsing: try #require(try answer.events.last))
        #expect(last["error.type"] == .string("server_error"))
        #expect(!answer.text.contains("nothing for clients") && !answer.text.contains("[DONE]"))
        #expect(fixture.metric(#"drover_requests_total{outcome="failed"}"#) == "1")
    }

    @Test func answersAFailureBeforeTheFirstTokenWhole() throws {
        let fixture = GatewayFixture([Script(failure: .beforeStart(.broken("x")))])
        let answer = try fixture.answer(HTTPRequests.chat(#","stream":true"#))
        #expect(answer.status == 500 && answer.fields["content-type"] == "application/json")
    }
}
