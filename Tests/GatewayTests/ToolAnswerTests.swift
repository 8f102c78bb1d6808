import Gateway
import JSONBytes
import OpenAIAPI
import OutputParsing
import ServingModel
import ServingTesting
import Testing

/// Answers with reasoning and calls, whole and streamed.
struct ToolAnswerTests {
    private let tools = ToolFixture.tools

    @Test func tellsReasoningContentAndCallsApart() throws {
        let json = try ToolFixture.gateway(ToolFixture.answer).answer(HTTPRequests.chat(tools)).json
        let message = try #require(json["choices.0.message"])
        #expect(message["reasoning_content"] == "Oslo, then.")
        #expect(message["content"] == "I look.")
        #expect(message["tool_calls.0.function"] == ["name": "weather", "arguments": #"{"city": "Oslo"}"#])
        #expect(message["tool_calls.1.function"] == ["name": "clock", "arguments": "{}"])
        #expect(message["tool_calls.0.type"] == "function" && message["tool_calls.2"] == nil)
        let ids = [0, 1].compactMap { message["tool_calls.\($0).id"] }
        #expect(Set(ids.map(\.text)).count == 2 && ids.allSatisfy { $0.text.hasPrefix("\"call_") })
        #expect(json["choices.0.finish_reason"] == "tool_calls")
    }

    @Test func streamsWhatItSendsWhole() throws {
        let texts = [
            ToolFixture.answer, "<think>\nYes.</think>No calls <at> all.", ToolFixture.call("clock", "{}"), "",
            "I will: <tool_call>\n{\"name\": \"weather\", \"arg", "<tool_call>nothing</tool_call> after",
        ]
        for text in texts {
            let options = tools + #","logprobs":true,"top_logprobs":1"#
            let whole = try ToolFixture.gateway(text).answer(HTTPRequests.chat(options)).json
            let answer = try ToolFixture.gateway(text).answer(HTTPRequests.chat(options + #","stream":true"#))
            let (message, end) = try ToolFixture.joined(answer)
            #expect(end == whole["choices.0.finish_reason"])
            for name in ["reasoning_content", "content"] where whole["choices.0.message.\(name)"] != "" {
                #expect(message[name] == whole["choices.0.message.\(name)"], "\(text)")
            }
            let calls = [message["tool_calls"], whole["choices.0.message.tool_calls"]].map(Self.withoutIDs)
            #expect(calls[0] == calls[1])
            let reports = try answer.events.dropLast().flatMap { event -> [JSONValue] in
                guard case .array(let tokens)? = try JSONValue(parsing: event)["choices.0.logprobs.content"] else {
                    return []
                }
                return tokens
            }
            #expect(.array(reports) == whole["choices.0.logprobs.content"] && reports.count == text.utf8.count)
        }
    }

    private static func withoutIDs(_ calls: JSONValue?) -> JSONValue? {
        guard case .array(let calls)? = calls else { return nil }
        return .array(
            calls.map { call in
                guard case .object(var object) = call else { return call }
                object["id"] = nil
                return .object(object)
            })
    }

    @Test func beginsACallBeforeItsArguments() throws {
        let answer = try ToolFixture.gateway(ToolFixture.call("weather", #"{"city": "Oslo"}"#)).answer(
            HTTPRequests.chat(tools + #","stream":true"#))
        let deltas = try answer.events.dropLast().compactMap { try JSONValue(parsing: $0)["choices.0.delta"] }
        #expect(deltas.first == ["role": "assistant", "content": nil, "refusal": nil])
        #expect(deltas.last == [:])
        let first = deltas[1]
        #expect(first["tool_calls.0.index"] == .integer(0) && first["tool_calls.0.type"] == "function")
        #expect(first["tool_calls.0.function"] == ["name": "weather", "arguments": ""])
        #expect(deltas.dropFirst(2).dropLast().allSatisfy { $0["tool_calls.0.id"] == nil && $0["content"] == nil })
        #expect(deltas.count > 5, "arguments come as they are written")
    }

    @Test func gathersTheSamePiecesAtEverySplit() throws {
        let fixture = ToolFixture.gateway()
        let request = try ChatRequest.decode(
            Array(#"{"model":"tiny","messages":[{"role":"user","content":"x"}]\#(tools)}"#.utf8))
        let tokens = TinyVocabulary.tokens(ToolFixture.answer)
        let format = try #require(OutputFormat.named("hermes"))
        let signatures = (request.toolUse?.tools ?? []).map {
            ToolSignature(name: Array($0.name.utf8), parameters: $0.parameters)
        }
        let reading = AnswerReading(
            parser: OutputParser(
                format, promptTail: [], tools: signatures, separatesReasoning: true, forced: false), markers: [],
            showsReasoning: true, callsMax: nil, hasShortCallIDs: false)
        func choice(takenAfter split: Int?) -> WholeResponse.Choice {
            var output = ChoiceOutput(
                tokenizer: TinyVocabulary.tokenizer, options: request.options, reading: reading, name: "a")
            var pieces: [MessageDelta] = []
            for (at, token) in tokens.enumerated() {
                _ = output.take(GeneratedToken(id: token), report: nil)
                if at == split { pieces += output.takePieces() }
            }
            output.finish(.stop(TinyVocabulary.turnEnd))
            pieces += output.takePieces()
            return WholeResponse.Choice(pieces: pieces, end: output.end ?? .length, tokens: nil)
        }
        let whole = choice(takenAfter: nil)
        #expect(whole.end == .toolCalls && whole.calls.count == 2)
        for split in tokens.indices {
            let other = choice(takenAfter: split)
            #expect(other.text == whole.text && other.reasoning == whole.reasoning && other.calls == whole.calls)
        }
        #expect(fixture.engine.submissions.isEmpty)
    }

    @Test func callsTheEndByItsName() throws {
        let call = ToolFixture.call("clock", "{}")
        let cases: [(text: String, end: FinishReason, reason: JSONValue)] = [
            (call, .stop(TinyVocabulary.turnEnd), "tool_calls"), (call, .constraintComplete, "tool_calls"),
            (call, .length, "length"), (String(call.dropLast(20)), .length, "length"),
            (String(call.dropLast(20)), .stop(TinyVocabulary.turnEnd), "stop"),
            ("Hello", .stop(TinyVocabulary.turnEnd), "stop"),
        ]
        for (text, end, reason) in cases {
            let json = try ToolFixture.gateway(text, end: end).answer(HTTPRequests.chat(tools)).json
            #expect(json["choices.0.finish_reason"] == reason, "\(text)")
        }
    }

    @Test func showsTheParserWhatClientsNeverSee() throws {
        let json = Array(#"{"name": "clock", "arguments": {}}"#.utf8).map { TokenID(Int32($0)) }
        let tokens = [TinyVocabulary.callStart] + json + [TinyVocabulary.callEnd]
        let script = Script(tokens: [tokens], end: .stop(TinyVocabulary.turnEnd))
        let message = try GatewayFixture([script], format: .named("hermes")).answer(HTTPRequests.chat(tools))
            .json["choices.0.message"]
        #expect(message?["content"] == .null && message?["tool_calls.0.function.name"] == "clock")
        let plain = try GatewayFixture([script]).answer(HTTPRequests.chat(tools)).json
        #expect(plain["choices.0.message.content"] == #"{"name": "clock", "arguments": {}}"#)
        #expect(plain["choices.0.finish_reason"] == "stop")
    }

    @Test func countsReasoning() throws {
        let reasoning = "<think>\nOslo, then.\n</think>"
        func usage(_ text: String, _ options: String = "") throws -> JSONValue? {
            try ToolFixture.gateway(text).answer(HTTPRequests.chat(options)).json[
                "usage.completion_tokens_details.reasoning_tokens"]
        }
        guard case .integer(let count)? = try usage(reasoning + "Yes.") else { throw HTTPAnswer.Malformed("no count") }
        #expect((reasoning.utf8.count - "\n</think>".utf8.count - 1...reasoning.utf8.count).contains(count))
        #expect(try usage(reasoning + "Yes.", #","include_reasoning":false"#) == .integer(count))
        #expect(try usage("Yes.") == .integer(0))
        let plain = try GatewayFixture([ToolFixture.script("Yes.")]).answer(HTTPRequests.chat()).json
        #expect(plain["usage.completion_tokens_details"] == nil)
    }

    @Test func deliversReasoningAsAsked() throws {
        let text = "<think>\nWhy?\n</think>\n\nYes."
        func message(_ options: String) throws -> JSONValue? {
            try ToolFixture.gateway(text).answer(HTTPRequests.chat(options)).json["choices.0.message"]
        }
        let omitted = try message(#","include_reasoning":false"#)
        #expect(omitted?["content"] == "Yes." && omitted?["reasoning_content"] == nil)
        let kept = try message(#","separate_reasoning":false"#)
        #expect(kept?["content"] == .string(text) && kept?["reasoning_content"] == nil)
    }

    @Test func looksForStopStringsInContentOnly() throws {
        let call = ToolFixture.call("weather", #"{"city": "STOP"}"#)
        let fixture = ToolFixture.gateway("<think>STOP?</think>Go ST" + call)
        let json = try fixture.answer(HTTPRequests.chat(tools + #","stop":"STOP""#)).json
        #expect(json["choices.0.message.content"] == "Go ST" && json["choices.0.finish_reason"] == "tool_calls")
        #expect(json["choices.0.message.tool_calls.0.function.arguments"] == #"{"city": "STOP"}"#)
        let stopped = ToolFixture.gateway("<think>No</think>Go STOP" + call)
        let other = try stopped.answer(HTTPRequests.chat(tools + #","stop":"STOP","logprobs":true"#)).json
        #expect(other["choices.0.message.content"] == "Go " && other["choices.0.message.tool_calls"] == nil)
        #expect(other["choices.0.finish_reason"] == "stop")
        #expect(stopped.engine.verbs == [.cancel(stopped.engine.submissions[0].id, choice: 0)])
        guard case .array(let reports)? = other["choices.0.logprobs.content"] else { throw HTTPAnswer.Malformed("") }
        #expect(reports.count == "<think>No</think>Go ".utf8.count)
    }

    @Test func endsBehindTheFirstCallIfThereMayBeButOne() throws {
        let fixture = ToolFixture.gateway(ToolFixture.answer + " and more")
        let json = try fixture.answer(HTTPRequests.chat(tools + #","parallel_tool_calls":false"#)).json
        #expect(json["choices.0.message.tool_calls.0.function.name"] == "weather")
        #expect(json["choices.0.message.tool_calls.1"] == nil && json["choices.0.finish_reason"] == "tool_calls")
        #expect(fixture.engine.verbs == [.cancel(fixture.engine.submissions[0].id, choice: 0)])
    }

    @Test func answersEveryChoiceOnItsOwn() throws {
        let call = ToolFixture.call("clock", "{}")
        for stream in [false, true] {
            let options = tools + #","n":3"# + (stream ? #","stream":true"# : "")
            let answer = try ToolFixture.gateway(call, "Hello", call).answer(HTTPRequests.chat(options))
            let choices = try (0..<3).map { index in
                if stream { return try ToolFixture.joined(answer, choice: index) }
                let choice = try answer.json["choices.\(index)"]
                return (message: choice?["message"] ?? .null, end: choice?["finish_reason"])
            }
            #expect(choices.map(\.end) == ["tool_calls", "stop", "tool_calls"])
            #expect(choices[1].message["content"] == "Hello")
            let ids = [0, 2].compactMap { choices[$0].message["tool_calls.0.id"] }
            #expect(ids.count == 2 && ids[0] != ids[1])
        }
    }
}
