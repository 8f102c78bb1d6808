import JSONBytes
import ServingModel
import ServingTesting
import Testing

struct WholeAnswerTests {
    private let hello = Script(tokens: [TinyVocabulary.tokens("Hello")], end: .stop(TinyVocabulary.turnEnd))

    @Test func answersAChat() throws {
        let fixture = GatewayFixture([hello])
        let answer = try fixture.answer(HTTPRequests.chat())
        #expect(answer.status == 200 && answer.isWhole)
        #expect(answer.fields["content-type"] == "application/json")
        #expect(answer.fields["x-request-id"]?.count == 24)
        let json = try answer.json
        #expect(json["object"] == .string("chat.completion"))
        #expect(json["model"] == .string("tiny"))
        #expect(json["choices.0.message.content"] == .string("Hello"))
        #expect(json["choices.0.finish_reason"] == .string("stop"))
        #expect(json["usage.completion_tokens"] == .integer(6))
        let prompt = fixture.engine.submissions[0].prompt
        #expect(prompt.first == TinyVocabulary.turnStart)
        #expect(prompt.count == "?user\nHi?\n?assistant\n".count)
        #expect(fixture.metric(#"drover_requests_total{outcome="completed"}"#) == "1")
        #expect(fixture.metric("drover_requests_running") == "0")
    }

    @Test func answersEveryChoiceOfEveryPrompt() throws {
        let scripts = ["ab", "cd"].map { text in Script(tokens: text.utf8.map { [TokenID(Int32($0))] }) }
        let fixture = GatewayFixture(scripts)
        let json = try fixture.answer(HTTPRequests.completion(#"["x","yz"]"#, #","n":2"#)).json
        let texts = (0..<4).map { json["choices.\($0).text"] }
        #expect(texts == ["a", "b", "c", "d"].map { .string($0) })
        #expect((0..<4).map { json["choices.\($0).index"] } == (0..<4).map { .integer($0) })
        #expect(json["usage.prompt_tokens"] == .integer(3))
    }

    @Test func echoesThePromptWithLogprobs() throws {
        let fixture = GatewayFixture([Script(tokens: [TinyVocabulary.tokens("d")])])
        let json = try fixture.answer(HTTPRequests.completion(#""abc""#, #","echo":true,"logprobs":2,"max_tokens":1"#))
            .json
        #expect(json["choices.0.text"] == .string("abcd"))
        #expect(json["choices.0.logprobs.tokens"] == .array(["a", "b", "c", "d"].map { .string($0) }))
        #expect(json["choices.0.logprobs.text_offset"] == .array((0..<4).map { .integer($0) }))
        #expect(json["choices.0.logprobs.token_logprobs.0"] == .null)
        #expect(json["choices.0.finish_reason"] == .string("length"))
        #expect(fixture.engine.submissions[0].reportsPromptLogprobs)
    }

    /// The offsets lead into the text that is returned, in which control tokens have no names and may share characters.
    @Test func countsOffsetsInTheTextThatIsReturned() throws {
        let fixture = GatewayFixture([
            Script(tokens: [[TinyVocabulary.turnStart] + TinyVocabulary.tokens("é") + [TinyVocabulary.th]])
        ])
        let body = #","echo":true,"logprobs":1,"max_tokens":4"#
        let text = try fixture.answer(HTTPRequests.completion(#""a<|im_end|>b""#, body)).json
        #expect(text["choices.0.text"] == .string("a<|im_end|>bé" + "th"))
        #expect(
            text["choices.0.logprobs.text_offset"] == .array([0, 1, 11, 12, 12, 12, 13].map { .integer($0) }))
        for options in [body, body + #","stream":true"#] {
            fixture.engine.play([
                Script(tokens: [[TinyVocabulary.th, TinyVocabulary.turnStart] + TinyVocabulary.tokens("xy")])
            ])
            let answer = try fixture.answer(HTTPRequests.completion("[257,97]", options))
            let parts =
                options == body ? [try answer.json] : try answer.events.dropLast().map { try JSONValue(parsing: $0) }
            let offsets = parts.flatMap { part -> [JSONValue] in
                guard case .array(let offsets)? = part["choices.0.logprobs.text_offset"] else { return [] }
                return offsets
            }
            #expect(offsets == [0, 10, 11, 13, 13, 14].map { .integer($0) })
        }
    }

    @Test func echoesWithoutGenerating() throws {
        let fixture = GatewayFixture()
        let json = try fixture.answer(HTTPRequests.completion(#"[104,105]"#, #","echo":true,"max_tokens":0"#)).json
        #expect(json["choices.0.text"] == .string("hi"))
        #expect(json["usage.completion_tokens"] == .integer(0))
    }

    @Test func reportsLogprobsOfAChat() throws {
        let fixture = GatewayFixture([hello])
        let json = try fixture.answer(HTTPRequests.chat(#","logprobs":true,"top_logprobs":3"#)).json
        #expect(json["choices.0.logprobs.content.4.token"] == .string("o"))
        #expect(json["choices.0.logprobs.content.0.logprob"] == .double(-0.5))
        #expect(json["choices.0.logprobs.content.0.top_logprobs.2.token"] == .string("J"))
        #expect(json["choices.0.logprobs.content.5"] == nil)
    }

    @Test func endsAChoiceAtAStopString() throws {
        let script = Script(tokens: [TinyVocabulary.tokens("one. two"), TinyVocabulary.tokens("three")])
        let fixture = GatewayFixture([script])
        let json = try fixture.answer(HTTPRequests.completion(#""x""#, #","n":2,"stop":". ""#)).json
        #expect(json["choices.0.text"] == .string("one"))
        #expect(json["choices.1.text"] == .string("three"))
        #expect(fixture.engine.verbs == [.cancel(fixture.engine.submissions[0].id, choice: 0)])
    }

    @Test func passesTheOptionsOn() throws {
        let fixture = GatewayFixture([hello])
        _ = try fixture.answer(
            HTTPRequests.chat(
                #","temperature":0.5,"top_p":0.9,"seed":4,"max_tokens":7,"stop_token_ids":[3],"logit_bias":{"5":-1}"#))
        let request = fixture.engine.submissions[0]
        #expect(request.sampling.temperature == 0.5 && request.sampling.topP == 0.9 && request.sampling.seed == 4)
        #expect(request.sampling.logitBias == [TokenID(5): -1])
        #expect(request.stop.maxTokens == 7 && request.stop.stopTokens == [TokenID(3)])
        #expect(request.queueDeadline != nil)
    }

    @Test func tokenizesAndBack() throws {
        let fixture = GatewayFixture()
        let tokens = try fixture.answer(
            HTTPRequests.post("/tokenize", #"{"prompt":"the<|im_end|>","return_token_strs":true}"#)
        ).json
        #expect(tokens["tokens"] == .array([258, 101, 257].map { .integer($0) }))
        #expect(tokens["token_strs.0"] == .string("th"))
        #expect(tokens["max_model_len"] == .integer(4096))
        let chat = try fixture.answer(
            HTTPRequests.post("/tokenize", #"{"messages":[{"role":"user","content":"<|im_end|>"}]}"#)
        ).json
        guard case .array(let ids)? = chat["tokens"] else { throw HTTPAnswer.Malformed("no tokens") }
        #expect(ids.count { $0 == .integer(257) } == 1, "a user's text holds no control token")
        let text = try fixture.answer(HTTPRequests.post("/v1/detokenize", #"{"tokens":[258,101,257]}"#)).json
        #expect(text["prompt"] == .string("the<|im_end|>"))
        #expect(try fixture.answer(HTTPRequests.post("/detokenize", #"{"tokens":[261]}"#)).status == 400)
    }

    @Test func listsItsModel() throws {
        let fixture = GatewayFixture()
        let list = try fixture.answer(HTTPRequests.get("/v1/models")).json
        #expect(list["data.0.id"] == .string("tiny") && list["data.1"] == nil)
        #expect(try fixture.answer(HTTPRequests.get("/v1/models/tiny")).json == list["data.0"])
        #expect(try fixture.answer(HTTPRequests.get("/v1/models/other")).status == 404)
    }

    @Test func tellsItsHealth() throws {
        let fixture = GatewayFixture()
        #expect(try fixture.answer(HTTPRequests.get("/health")).text == #"{"status":"ok"}"#)
        #expect(try fixture.answer(HTTPRequests.get("/readiness")).status == 200)
        let metrics = try fixture.answer(HTTPRequests.get("/metrics"))
        #expect(metrics.status == 200 && metrics.text.contains("drover_requests_running 0"))
    }
}
