import JSONBytes
import OpenAIAPI
import Testing

/// What requests say of tools and of reasoning.
struct ToolUseTests {
    private static let weather =
        #"{"type":"function","function":{"name":"weather","description":"d","strict":true,"#
        + #""parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}"#
    private static let clock = #"{"type":"function","function":{"name":"clock"}}"#
    private static let tools = #""tools":[\#(weather),\#(clock)]"#

    private func decode(_ members: String) throws(APIError) -> ChatRequest {
        try ChatRequestTests.decode(ChatRequestTests.body(members))
    }

    @Test func offersEveryFunctionByDefault() throws {
        let request = try decode(Self.tools)
        let use = try #require(request.toolUse)
        #expect(use.choice == .auto && use.allowsParallelCalls)
        #expect(use.tools.map(\.name) == ["weather", "clock"])
        #expect(use.tools.map(\.isStrict) == [true, false])
        #expect(use.tools[0].parameters == ["type": "object", "properties": ["city": ["type": "string"]]])
        #expect(use.tools[1].parameters == nil && use.tools[1].param == "tools[1].function")
        let told = request.conversation.tools.map(\.text)
        #expect(told == [Self.weather.replacing(#""strict":true,"#, with: ""), Self.clock])
    }

    @Test(arguments: [
        (#""tool_choice":"auto""#, ToolUse.Choice.auto, ["weather", "clock"], true),
        (#""tool_choice":"required","parallel_tool_calls":false"#, .required, ["weather", "clock"], false),
        (#""tool_choice":{"type":"function","function":{"name":"clock"}}"#, .named, ["clock"], false),
        (
            #""tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[\#(clock)]}}"#,
            .required, ["clock"], true
        ),
        (
            #""tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[\#(clock)]}}"#, .auto,
            ["clock"], true
        ),
    ])
    func choosesAmongThem(
        _ members: String, _ choice: ToolUse.Choice, _ names: [String], _ isParallel: Bool
    ) throws {
        let request = try decode(Self.tools + "," + members)
        let use = try #require(request.toolUse)
        #expect(use.choice == choice && use.tools.map(\.name) == names && use.allowsParallelCalls == isParallel)
        #expect(request.conversation.tools.count == 2, "what the model is told does not depend on the choice")
    }

    @Test(arguments: [
        tools + #","tool_choice":"none""#, #""tools":[],"tool_choice":"auto","parallel_tool_calls":true"#,
        #""tools":null,"functions":[],"function_call":"none""#,
    ])
    func offersNothing(_ members: String) throws {
        let request = try decode(members)
        #expect(request.toolUse == nil && request.conversation.tools.isEmpty)
    }

    static let refusals: [(members: String, param: String, message: String)] = [
        (
            #""tools":[{"type":"custom","custom":{"name":"f"}}]"#, "tools[0].custom",
            "Unsupported parameter: 'tools[0].custom': tools are functions; describe one in `function`."
        ),
        (
            #""tools":[{"type":"web_search"}]"#, "tools[0].type",
            #"Unsupported value: 'tools[0].type' can only be "function" here: "#
                + #"tools of type "web_search" are not supported."#
        ),
        (
            #""tools":[{"function":{"name":"f"}}]"#, "tools[0].type", "Missing required parameter: 'tools[0].type'."
        ),
        (
            #""tools":[{"type":"function"}]"#, "tools[0].function",
            "Missing required parameter: 'tools[0].function'."
        ),
        (
            #""tools":[{"type":"function","function":{"name":"a.b"}}]"#, "tools[0].function.name",
            "Invalid 'tools[0].function.name': expected 1 to 64 letters, digits, underscores and hyphens, "
                + #"but got "a.b" instead."#
        ),
        (
            #""tools":[\#(clock),\#(clock)]"#, "tools[1].function.name",
            #"Invalid 'tools[1].function.name': another function has the name "clock"."#
        ),
        (
            #""tools":[{"type":"function","function":{"name":"f","parameters":"{}"}}]"#,
            "tools[0].function.parameters",
            "Invalid type for 'tools[0].function.parameters': expected an object, but got a string instead."
        ),
        (
            #""tools":[{"type":"function","function":{"name":"f","params":{}}}]"#, "tools[0].function.params",
            "Unrecognized request argument supplied: tools[0].function.params"
        ),
        (#""tool_choice":"required""#, "tool_choice", "Invalid 'tool_choice': there are no tools to call."),
        (
            tools + #","tool_choice":"any""#, "tool_choice",
            #"Invalid 'tool_choice': expected "none", "auto", "required" or an object, but got "any" instead."#
        ),
        (
            tools + #","tool_choice":{"type":"function","function":{"name":"time"}}"#, "tool_choice.function.name",
            #"Invalid 'tool_choice.function.name': no tool has the name "time"."#
        ),
        (
            tools + #","tool_choice":{"type":"function","name":"clock"}"#, "tool_choice.name",
            "Unrecognized request argument supplied: tool_choice.name"
        ),
        (
            tools + #","tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[]}}"#,
            "tool_choice.allowed_tools.tools",
            "Invalid 'tool_choice.allowed_tools.tools': expected at least one tool, but got none instead."
        ),
        (
            #""functions":[{"name":"f"}]"#, "functions",
            "Unsupported value: 'functions' can only be [] here: use `tools`."
        ),
        (
            #""function_call":"auto""#, "function_call",
            #"Unsupported value: 'function_call' can only be "none" here: use `tool_choice`."#
        ),
        (
            #""reasoning_effort":"huge""#, "reasoning_effort",
            #"Invalid 'reasoning_effort': expected one of "none", "minimal", "low", "medium", "high", "xhigh", "max", "#
                + #"but got "huge" instead."#
        ),
        (
            #""include_reasoning":false,"separate_reasoning":false"#, "include_reasoning",
            "Invalid 'include_reasoning': reasoning that is not separated cannot be left out."
        ),
    ]

    @Test(arguments: refusals.indices)
    func refusesByName(_ index: Int) {
        let refusal = Self.refusals[index]
        let error = #expect(throws: APIError.self) { try decode(refusal.members) }
        #expect(error?.param == refusal.param)
        #expect(error?.message == refusal.message)
    }

    @Test func refusesTooManyTools() {
        let tools = (0...128).map { #"{"type":"function","function":{"name":"f\#($0)"}}"# }.joined(separator: ",")
        let error = #expect(throws: APIError.self) { try decode(#""tools":[\#(tools)]"#) }
        #expect(error?.param == "tools")
    }

    @Test func tellsTheTemplateOfTheEffort() throws {
        func variables(_ members: String) throws -> JSONValue {
            .object(try decode(members).conversation.templateArguments)
        }
        #expect(
            try variables(#""reasoning_effort":"high""#)
                == ["reasoning_effort": "high", "enable_thinking": true, "thinking": true])
        #expect(
            try variables(#""reasoning_effort":"none","chat_template_kwargs":{"thinking":"a little"}"#)
                == ["reasoning_effort": "none", "enable_thinking": false, "thinking": "a little"])
        #expect(try variables(#""user":"u""#) == [:])
    }

    @Test func deliversReasoningAsAsked() throws {
        #expect(try decode(#""user":"u""#).reasoning == .separate)
        #expect(try decode(#""include_reasoning":false"#).reasoning == .omitted)
        #expect(try decode(#""separate_reasoning":false,"stream_reasoning":true"#).reasoning == .inContent)
    }

    @Test func bringsEarlierCallsIntoOneForm() throws {
        let calls =
            #""tool_calls":[{"function":{"arguments":"{\"b\": 1, \"a\": [2]}","name":"f"},"index":0,"id":"c"},"#
            + #"{"type":"function","function":{"name":"g"}},{"function":{"name":"h","arguments":{"x":1.5}}}]"#
        let body = ChatRequestTests.message(#""role":"assistant","content":null,"reasoning":"r","# + calls)
        func message(_ form: ToolArgumentForm) throws -> String {
            try ChatRequest.decode(Array(body.utf8), arguments: form).conversation.messages[0].text
        }
        let head = #"{"role":"assistant","content":"","reasoning_content":"r","reasoning":"r","tool_calls":["#
        #expect(
            try message(.object) == head
                + #"{"id":"c","type":"function","function":{"name":"f","arguments":{"b":1,"a":[2]}}},"#
                + #"{"type":"function","function":{"name":"g","arguments":{}}},"#
                + #"{"type":"function","function":{"name":"h","arguments":{"x":1.5}}}]}"#)
        #expect(
            try message(.text) == head
                + #"{"id":"c","type":"function","function":{"name":"f","arguments":"{\"b\": 1, \"a\": [2]}"}},"#
                + #"{"type":"function","function":{"name":"g","arguments":"{}"}},"#
                + #"{"type":"function","function":{"name":"h","arguments":"{\"x\":1.5}"}}]}"#)
    }

    @Test(arguments: [
        (#"{}"#, "messages[0].tool_calls[0].function"),
        (#"{"function":{}}"#, "messages[0].tool_calls[0].function.name"),
        (#"{"type":"custom","function":{"name":"f"}}"#, "messages[0].tool_calls[0].type"),
        (#"{"function":{"name":"f","arguments":"[1"}}"#, "messages[0].tool_calls[0].function.arguments"),
    ])
    func refusesBrokenCallsByName(_ call: String, _ param: String) {
        let body = ChatRequestTests.message(#""role":"assistant","tool_calls":[\#(call)]"#)
        let error = #expect(throws: APIError.self) { try ChatRequestTests.decode(body) }
        #expect(error?.param == param)
    }

    @Test func countsToolsAmongTheTokensOfAConversation() throws {
        let body = #"{"messages":[{"role":"user","content":"x"}],\#(Self.tools)}"#
        guard case .conversation(let conversation) = try TokenizeRequest.decode(Array(body.utf8)).input else {
            Issue.record("no conversation")
            return
        }
        #expect(conversation.tools.count == 2)
        let error = #expect(throws: APIError.self) {
            try TokenizeRequest.decode(Array(#"{"prompt":"x",\#(Self.tools)}"#.utf8))
        }
        #expect(error?.param == "tools")
    }
}
