import JSONBytes
import OpenAIAPI
import ServingModel
import Testing

struct ChatRequestTests {
    static func decode(_ text: String) throws(APIError) -> ChatRequest {
        try ChatRequest.decode(Array(text.utf8))
    }

    /// A body with one message and further members.
    static func body(_ members: String) -> String {
        #"{"model":"m","messages":[{"role":"user","content":"hi"}],"# + members + "}"
    }

    /// A body whose only message has these members.
    static func message(_ members: String) -> String {
        #"{"model":"m","messages":[{"# + members + "}]}"
    }

    @Test func decodesEveryHonouredField() throws {
        let request = try Self.decode(
            #"""
            {"model": "m", "messages": [{"role": "system", "content": "Be brief."},
              {"role": "user", "name": "Ann",
               "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
              {"role": "assistant", "content": null, "refusal": null, "annotations": [], "reasoning_content": "r",
               "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{\"x\": 1}"}}]},
              {"role": "tool", "tool_call_id": "c", "content": "2"}],
             "stream": true, "stream_options": {"include_usage": true, "include_obfuscation": false}, "n": 3,
             "temperature": 0.5, "top_p": 0.25, "top_k": 40, "min_p": 0.125, "frequency_penalty": -2,
             "presence_penalty": 1.5, "repetition_penalty": 1.25, "seed": -1, "logit_bias": {"7": -100, "9": 0.5},
             "stop": ["x", "y"], "stop_token_ids": [3], "max_completion_tokens": 9, "max_tokens": 9, "min_tokens": 2,
             "ignore_eos": true, "logprobs": true, "top_logprobs": 5,
             "chat_template_kwargs": {"enable_thinking": false},
             "response_format": {"type": "json_schema", "json_schema": {"name": "s-1", "strict": true,
              "description": "d",
              "schema": {"type": "object", "b": 1, "a": 2}}}, "add_generation_prompt": false,
             "user": "u", "metadata": {"a": "b"}, "store": false, "service_tier": "auto", "tools": null,
             "tool_choice": "none", "modalities": ["text"], "prompt_cache_key": "k"}
            """#)
        #expect(request.model == ModelID("m"))
        #expect(
            request.conversation.messages == [
                ["role": "system", "content": "Be brief."],
                ["role": "user", "content": "a\nb", "name": "Ann"],
                [
                    "role": "assistant", "content": "", "reasoning_content": "r", "reasoning": "r",
                    "tool_calls": [["id": "c", "type": "function", "function": ["name": "f", "arguments": ["x": 1]]]],
                ],
                ["role": "tool", "content": "2", "tool_call_id": "c"],
            ])
        #expect(JSONValue.object(request.conversation.templateArguments) == ["enable_thinking": false])
        #expect(!request.conversation.addsGenerationPrompt)
        let options = request.options
        #expect(options.streaming?.includesUsage == true)
        #expect(options.choices == 3)
        var sampling = SamplingOptions()
        sampling.temperature = 0.5
        sampling.topP = 0.25
        sampling.topK = 40
        sampling.minP = 0.125
        sampling.frequencyPenalty = -2
        sampling.presencePenalty = 1.5
        sampling.repetitionPenalty = 1.25
        sampling.seed = UInt64.max
        sampling.logitBias = [TokenID(7): -100, TokenID(9): 0.5]
        #expect(options.sampling == sampling)
        var stop = StopConditions(maxTokens: 9)
        stop.minTokens = 2
        stop.ignoresEndOfSequence = true
        stop.stopTokens = [TokenID(3)]
        #expect(options.stopConditions(room: 100) == stop)
        #expect(options.stopStrings == ["x", "y"])
        #expect(options.topLogprobs == 5)
        #expect(options.constraint == .jsonSchema(#"{"type":"object","b":1,"a":2}"#))
    }

    @Test func defaultsAreOpenAIs() throws {
        for request in [
            try Self.decode(Self.body(#""user":"u""#)),
            try Self.decode(
                Self.body(#""stream":false,"stop":null,"top_k":-1,"temperature":null,"logprobs":false,"tools":null"#)),
        ] {
            #expect(request.options.streaming == nil)
            #expect(request.options.choices == 1)
            #expect(request.options.sampling == SamplingOptions())
            #expect(request.options.stopConditions(room: 100) == StopConditions(maxTokens: 100))
            #expect(request.options.topLogprobs == nil)
            #expect(request.options.constraint == nil)
            #expect(request.conversation.addsGenerationPrompt)
        }
    }

    struct BadBody: Sendable, CustomTestStringConvertible {
        let body: String
        let param: String?
        let message: String
        let code: String
        var testDescription: String { body }

        init(_ body: String, _ param: String?, _ code: String, _ message: String) {
            self.body = body
            self.param = param
            self.code = code
            self.message = message
        }
    }

    @Test(arguments: badFields + badMessages)
    func refuses(_ bad: BadBody) throws {
        let error = try #require(throws: APIError.self) { try Self.decode(bad.body) }
        #expect(error.message == bad.message)
        #expect(error.param == bad.param)
        #expect(error.code == bad.code)
        #expect(error.status == 400)
        #expect(error.type == "invalid_request_error")
    }

    static let badFields: [BadBody] = [
        BadBody("[]", nil, "invalid_type", "The body of the request must be a JSON object, but is an array."),
        BadBody(
            "", nil, "invalid_json",
            "The body of the request is not valid JSON: the text ends inside a value, at byte 0."),
        BadBody("{}", "model", "missing_required_parameter", "Missing required parameter: 'model'."),
        BadBody(
            #"{"model":""}"#, "model", "invalid_value",
            "Invalid 'model': expected a string that is not empty, but got an empty string instead."),
        BadBody(
            #"{"model":"m"}"#, "messages", "missing_required_parameter", "Missing required parameter: 'messages'."),
        BadBody(
            body(#""temprature":1"#), "temprature", "unknown_parameter",
            "Unrecognized request argument supplied: temprature"),
        BadBody(
            body(#""temprature":null"#), "temprature", "unknown_parameter",
            "Unrecognized request argument supplied: temprature"),
        BadBody(
            body(#""temperature":"hot""#), "temperature", "invalid_type",
            "Invalid type for 'temperature': expected a number, but got a string instead."),
        BadBody(
            body(#""temperature":2.5"#), "temperature", "invalid_value",
            "Invalid 'temperature': expected a number from 0 to 2, but got 2.5 instead."),
        BadBody(
            body(#""top_p":0"#), "top_p", "invalid_value",
            "Invalid 'top_p': expected a number greater than 0 and at most 1, but got 0 instead."),
        BadBody(
            body(#""top_p":1e-300"#), "top_p", "invalid_value",
            "Invalid 'top_p': expected a number greater than 0 and at most 1, but got 1e-300 instead."),
        BadBody(
            body(#""temperature":1e400"#), "temperature", "invalid_value",
            "Invalid 'temperature': expected a number from 0 to 2, but got a number beyond all bounds instead."),
        BadBody(
            body(#""seed":1"# + String(repeating: "0", count: 200)), "seed", "invalid_value",
            "Invalid 'seed': expected a 64-bit integer, but got 1" + String(repeating: "0", count: 99) + "… instead."),
        BadBody(
            body("\"" + String(repeating: "é", count: 101) + "\":1"), String(repeating: "é", count: 100) + "…",
            "unknown_parameter",
            "Unrecognized request argument supplied: " + String(repeating: "é", count: 100) + "…"),
        BadBody(
            body(#""top_k":-2"#), "top_k", "invalid_value",
            "Invalid 'top_k': expected an integer from -1 to 2147483647, but got -2 instead."),
        BadBody(
            body(#""top_k":1.5"#), "top_k", "invalid_type",
            "Invalid type for 'top_k': expected an integer, but got a number instead."),
        BadBody(
            body(#""n":129"#), "n", "invalid_value",
            "Invalid 'n': expected an integer from 1 to 128, but got 129 instead."),
        BadBody(
            body(#""seed":9223372036854775808"#), "seed", "invalid_value",
            "Invalid 'seed': expected a 64-bit integer, but got 9223372036854775808 instead."),
        BadBody(
            body(#""logit_bias":{"a":1}"#), "logit_bias", "invalid_value",
            #"Invalid 'logit_bias': expected token ids as keys, but got "a" instead."#),
        BadBody(
            body(#""logit_bias":{"5":101}"#), "logit_bias.5", "invalid_value",
            "Invalid 'logit_bias.5': expected a number from -100 to 100, but got 101 instead."),
        BadBody(
            body(#""stop":["a",1]"#), "stop[1]", "invalid_type",
            "Invalid type for 'stop[1]': expected a string, but got an integer instead."),
        BadBody(
            body(#""stop":"""#), "stop", "invalid_value",
            "Invalid 'stop': expected a string of 1 to 1024 bytes, but got 0 bytes instead."),
        BadBody(
            body(#""stop":["# + Array(repeating: #""s""#, count: 17).joined(separator: ",") + "]"), "stop",
            "invalid_value", "Invalid 'stop': expected at most 16 strings, but got 17 instead."),
        BadBody(
            body(#""stop_token_ids":[1,-1]"#), "stop_token_ids[1]", "invalid_value",
            "Invalid 'stop_token_ids[1]': expected an integer from 0 to 2147483647, but got -1 instead."),
        BadBody(
            body(#""max_tokens":5,"max_completion_tokens":6"#), "max_tokens", "invalid_value",
            "Invalid 'max_tokens': it differs from 'max_completion_tokens'; give one of them."),
        BadBody(
            body(#""max_tokens":0"#), "max_tokens", "invalid_value",
            "Invalid 'max_tokens': expected an integer from 1 to 2147483647, but got 0 instead."),
        BadBody(
            body(#""max_tokens":9223372036854775807"#), "max_tokens", "invalid_value",
            "Invalid 'max_tokens': expected an integer from 1 to 2147483647, but got 9223372036854775807 instead."),
        BadBody(
            body(#""chat_template_kwargs":{"messages":[]}"#), "chat_template_kwargs.messages", "invalid_value",
            "Invalid 'chat_template_kwargs.messages': it is not a variable of the client's."),
        BadBody(
            body(#""max_tokens":5,"min_tokens":6"#), "min_tokens", "invalid_value",
            "Invalid 'min_tokens': expected an integer from 0 to 5, but got 6 instead."),
        BadBody(
            body(#""top_logprobs":2"#), "top_logprobs", "invalid_value",
            "Invalid 'top_logprobs': it is only allowed when 'logprobs' is true."),
        BadBody(
            body(#""stream_options":{}"#), "stream_options", "invalid_value",
            "Invalid 'stream_options': it is only allowed when 'stream' is true."),
        BadBody(
            body(#""stream":true,"stream_options":{"usage":true}"#), "stream_options.usage", "unknown_parameter",
            "Unrecognized request argument supplied: stream_options.usage"),
        BadBody(
            body(#""response_format":{"type":"xml"}"#), "response_format.type", "invalid_value",
            #"Invalid 'response_format.type': expected "text", "json_object" or "json_schema", "#
                + #"but got "xml" instead."#),
        BadBody(
            body(#""response_format":{"type":"json_schema","json_schema":{"name":"a b","schema":{}}}"#),
            "response_format.json_schema.name", "invalid_value",
            "Invalid 'response_format.json_schema.name': expected 1 to 64 letters, digits, underscores and hyphens, "
                + #"but got "a b" instead."#),
        BadBody(
            body(#""response_format":{"type":"json_schema"}"#), "response_format.json_schema",
            "missing_required_parameter", "Missing required parameter: 'response_format.json_schema'."),
        BadBody(
            body(#""store":true"#), "store", "unsupported_value",
            "Unsupported value: 'store' can only be false here: responses are not stored."),
        BadBody(
            body(#""service_tier":"flex""#), "service_tier", "unsupported_value",
            #"Unsupported value: 'service_tier' can only be "auto" or "default" here: there is one tier."#),
        BadBody(
            body(#""guided_regex":"a*""#), "guided_regex", "unsupported_parameter",
            "Unsupported parameter: 'guided_regex': output cannot be held to a regular expression."),
    ]

    static let badMessages: [BadBody] = [
        BadBody(
            #"{"model":"m","messages":[]}"#, "messages", "invalid_value",
            "Invalid 'messages': expected 1 to 4096 messages, but got 0 instead."),
        BadBody(
            #"{"model":"m","messages":["hi"]}"#, "messages[0]", "invalid_type",
            "Invalid type for 'messages[0]': expected an object, but got a string instead."),
        BadBody(
            message(#""content":"x""#), "messages[0].role", "missing_required_parameter",
            "Missing required parameter: 'messages[0].role'."),
        BadBody(
            message(#""role":"user""#), "messages[0].content", "missing_required_parameter",
            "Missing required parameter: 'messages[0].content'."),
        BadBody(
            message(#""role":"user","content":5"#), "messages[0].content", "invalid_type",
            "Invalid type for 'messages[0].content': expected a string or an array of parts, "
                + "but got an integer instead."
        ),
        BadBody(
            message(#""role":"user","content":"x","contnet":"y""#), "messages[0].contnet", "unknown_parameter",
            "Unrecognized request argument supplied: messages[0].contnet"),
        BadBody(
            message(
                #""role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"u"}}]"#),
            "messages[0].content[1].type", "unsupported_value",
            #"Unsupported value: 'messages[0].content[1].type' can only be "text" here: "#
                + #"parts of type "image_url" are not supported."#),
        BadBody(
            message(#""role":"user","content":[{"type":"text"}]"#), "messages[0].content[0].text",
            "missing_required_parameter", "Missing required parameter: 'messages[0].content[0].text'."),
        BadBody(
            message(#""role":"user","content":[{"text":"a"}]"#), "messages[0].content[0].type",
            "missing_required_parameter", "Missing required parameter: 'messages[0].content[0].type'."),
        BadBody(
            message(#""role":"assistant","function_call":{"name":"f"}"#), "messages[0].function_call",
            "unsupported_parameter", "Unsupported parameter: 'messages[0].function_call': use `tool_calls`."),
        BadBody(
            message(#""role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{"}}]"#),
            "messages[0].tool_calls[0].function.arguments", "invalid_value",
            "Invalid 'messages[0].tool_calls[0].function.arguments': it is not JSON."),
    ]

    @Test func everyTruncationIsA400() {
        let bytes = Array(Self.body(#""stop":["é","\n"],"logit_bias":{"5":1.5},"stream":true"#).utf8)
        for length in 0..<bytes.count {
            let error = #expect(throws: APIError.self) { try ChatRequest.decode(Array(bytes[..<length])) }
            #expect(error?.status == 400)
        }
    }
}
