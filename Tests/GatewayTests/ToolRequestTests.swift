import ChatTemplates
import Gateway
import JSONBytes
import OpenAIAPI
import OutputParsing
import ServingModel
import ServingTesting
import Testing

/// What becomes of tools on their way to the engine.
struct ToolRequestTests {
    private let tools = ToolFixture.tools
    private let strict = #","tools":[\#(ToolFixture.strictWeather)]"#

    private func submission(
        _ options: String, format: OutputFormat?, template: ChatTemplate? = TinyVocabulary.template
    ) throws -> GenerationRequest {
        let fixture = GatewayFixture([ToolFixture.script("x")], template: template, format: format)
        let answer = try fixture.answer(HTTPRequests.chat(options))
        guard answer.status == 200 else { throw HTTPAnswer.Malformed(answer.text) }
        return try #require(fixture.engine.submissions.first)
    }

    @Test func holdsAForcedAnswerToPlainCallsIfNothingIsKnown() throws {
        let call = #"[{"name": "weather", "arguments": {"city": "Oslo"}}]"#
        let fixture = GatewayFixture([ToolFixture.script(call, end: .constraintComplete)])
        let json = try fixture.answer(HTTPRequests.chat(ToolFixture.forced)).json
        #expect(json["choices.0.message.content"] == .null && json["choices.0.finish_reason"] == "tool_calls")
        #expect(
            json["choices.0.message.tool_calls.0.function"] == ["name": "weather", "arguments": #"{"city": "Oslo"}"#])
        let request = fixture.engine.submissions[0]
        let calls = try ToolFixture.calls(request.constraint)
        #expect(calls.functions.map(\.name) == ["weather", "clock"] && calls.callsMax > 1)
        #expect(calls.functions.allSatisfy(\.isStrict) && calls.functions[1].field == "tools[1].function.parameters")
        #expect(calls.functions[1].parameters == #"{"type":"object","properties":{},"additionalProperties":false}"#)
        #expect(request.constraintTrigger == nil)
        let prompt = ToolFixture.text(of: request.prompt)
        #expect(prompt.contains("You can call these functions"))
        #expect(prompt.contains(#"{"name":"weather","description":"The weather.","parameters":{"type":"object","#))
        #expect(prompt.contains(#"[{"name": "NAME", "arguments": {"PARAMETER": "VALUE"}}]"#))
        #expect(prompt.hasPrefix("<|im_start|>system\nYou can call"))
    }

    @Test func holdsAForcedAnswerToTheModelsFormat() throws {
        let request = try submission(ToolFixture.forced, format: .named("hermes"))
        let calls = try ToolFixture.calls(request.constraint)
        #expect(calls.frame.opening + calls.frame.beforeName == "<tool_call>\n{\"name\": \"")
        #expect(ToolFixture.text(of: request.prompt).contains("<tool_call>\n{\"name\": \"NAME\""))
    }

    @Test func forcesOneCallOfANamedFunction() throws {
        let choice = #","tool_choice":{"type":"function","function":{"name":"clock"}}"#
        let calls = try ToolFixture.calls(try submission(tools + choice, format: nil).constraint)
        #expect(calls.functions.map(\.name) == ["clock"] && calls.callsMax == 1)
    }

    @Test func waitsForTheEndOfReasoningThatThePromptOpened() throws {
        let template = try ChatTemplate(
            source: "{% for message in messages %}{{ message.content }}{% endfor %}<think>\n")
        let hermes = try #require(OutputFormat.named("hermes"))
        let forced = try submission(ToolFixture.forced, format: hermes, template: template)
        #expect(forced.constraintTrigger?.openings == [] && forced.constraintTrigger?.aside?.isOpen == true)
        let script = ToolFixture.script("Hm.\n</think>\n\n" + ToolFixture.call("clock", "{}"))
        let message = try GatewayFixture([script], template: template, format: hermes).answer(
            HTTPRequests.chat(ToolFixture.forced)
        ).json["choices.0.message"]
        #expect(message?["reasoning_content"] == "Hm." && message?["tool_calls.0.function.name"] == "clock")
        let json = try submission(
            #","response_format":{"type":"json_object"}"#, format: hermes, template: template)
        #expect(json.constraint == .jsonObject && json.constraintTrigger == forced.constraintTrigger)
    }

    @Test func leavesTheModelItsChoice() throws {
        for (format, options) in [(nil, tools), (OutputFormat.named("hermes"), tools), (nil, strict)] {
            let request = try submission(options, format: format)
            #expect(request.constraint == nil && request.constraintTrigger == nil)
            let isTold = ToolFixture.text(of: request.prompt).contains("weather")
            #expect(isTold == (format != nil), "a model that cannot be understood is not told to call")
        }
    }

    @Test func holdsStrictCallsFromTheirBeginning() throws {
        let request = try submission(strict, format: .named("hermes"))
        let calls = try ToolFixture.calls(request.constraint)
        #expect(calls.functions.map(\.isStrict) == [true])
        #expect(request.constraintTrigger?.openings.map(\.text) == [Array("<tool_call>".utf8)])
        #expect(request.constraintTrigger?.aside?.openings == [Array("<think>".utf8)])
        let error = try GatewayFixture(format: .plainJSON).answer(HTTPRequests.chat(strict)).json
        #expect(error["error.param"] == "tools[0].function.strict")
    }

    @Test func tellsAModelWhoseFormatHasTagsOfThem() throws {
        let request = try submission(tools, format: .named("qwen3-coder"))
        let example =
            "<tool_call>\n<function=NAME>\n<parameter=PARAMETER>\nVALUE\n</parameter>\n</function>\n</tool_call>"
        #expect(ToolFixture.text(of: request.prompt).contains(example))
        let forced = try submission(ToolFixture.forced, format: .named("qwen3-coder"))
        let frame = try ToolFixture.calls(forced.constraint).frame
        #expect(frame == OutputFormat.named("qwen3-coder")?.forcedCall)
    }

    @Test func holdsCallsToTheAllowedFunctions() throws {
        let choice =
            #","tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[\#(ToolFixture.clock)]}}"#
        let plain = choice.replacing(#","parameters":{"type":"object","properties":{}}"#, with: "")
        let request = try submission(tools + plain, format: .named("hermes"))
        #expect(try ToolFixture.calls(request.constraint).functions.map(\.name) == ["clock"])
        #expect(ToolFixture.text(of: request.prompt).contains("weather"), "it is told of all of them")
        let error = try GatewayFixture(format: .plainJSON).answer(HTTPRequests.chat(tools + plain)).json
        #expect(error["error.param"] == "tool_choice.allowed_tools")
    }

    @Test func allowsCallsInPlaceOfJSON() throws {
        let options = tools + #","response_format":{"type":"json_object"}"#
        let request = try submission(options, format: .named("hermes"))
        let calls = try ToolFixture.calls(request.constraint)
        #expect(calls.alternative == .jsonObject && calls.functions.allSatisfy { !$0.isStrict })
        #expect(try submission(options, format: nil).constraint == .jsonObject)
        let forced = try submission(options + #","tool_choice":"required""#, format: nil)
        #expect(try ToolFixture.calls(forced.constraint).alternative == nil)
    }

    @Test func offersNothingIfNothingMayBeCalled() throws {
        let request = try submission(tools + #","tool_choice":"none""#, format: .named("hermes"))
        #expect(request.constraint == nil && !ToolFixture.text(of: request.prompt).contains("weather"))
        let fixture = ToolFixture.gateway(ToolFixture.call("clock", "{}"))
        let json = try fixture.answer(HTTPRequests.chat(tools + #","tool_choice":"none""#)).json
        #expect(json["choices.0.message.content"] == .string(ToolFixture.call("clock", "{}")))
    }

    @Test func tellsTemplatesOfToolsAsTransformersDoes() throws {
        let template = try ChatTemplate(
            source: """
                {% if tools is none %}no tools{% else %}{% for tool in tools %}{{ tool | tojson }}
                {% endfor %}{% endif %}{{ reasoning_effort }}{% for message in messages %}{{ message.content }}{% endfor %}
                """)
        let prompt = ToolFixture.text(of: try submission(tools, format: nil, template: template).prompt)
        #expect(prompt.hasPrefix(#"{"type": "function", "function": {"name": "weather", "description""#))
        #expect(prompt.contains("\n" + #"{"type": "function", "function": {"name": "clock""#))
        #expect(!prompt.contains("You can call"))
        let other = try submission(#","reasoning_effort":"low""#, format: nil, template: template)
        #expect(ToolFixture.text(of: other.prompt) == "no toolslowHi")
    }

    @Test func tellsAModelOfItsFormerCallsInItsOwnWords() throws {
        let messages =
            #"{"role":"user","content":"Weather?"},{"role":"assistant","content":"I look.","tool_calls":["#
            + #"{"id":"c","type":"function","function":{"name":"weather","arguments":"{\"city\": \"Oslo\"}"}},"#
            + #"{"id":"d","type":"function","function":{"name":"clock"}}]},"#
            + #"{"role":"tool","tool_call_id":"c","content":"Rain"}"#
        let fixture = GatewayFixture([ToolFixture.script("x")])
        let answer = try fixture.answer(
            HTTPRequests.post("/v1/chat/completions", #"{"model":"tiny","messages":[\#(messages)]}"#))
        #expect(answer.status == 200)
        #expect(
            ToolFixture.text(of: fixture.engine.submissions[0].prompt) == """
                <|im_start|>user
                Weather?<|im_end|>
                <|im_start|>assistant
                I look.
                [{"name": "weather", "arguments": {"city": "Oslo"}}, {"name": "clock", "arguments": {}}]<|im_end|>
                <|im_start|>tool
                Rain<|im_end|>
                <|im_start|>assistant

                """)
    }

    @Test func countsWhatTheModelIsTold() throws {
        let fixture = GatewayFixture([ToolFixture.script("x")], format: .named("hermes"))
        let body = #"{"messages":[{"role":"user","content":"Hi"}]\#(tools)}"#
        let count = try fixture.answer(HTTPRequests.post("/tokenize", body)).json["count"]
        _ = try fixture.answer(HTTPRequests.chat(tools))
        #expect(count == .integer(fixture.engine.submissions[0].prompt.count))
    }
}
