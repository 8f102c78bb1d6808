import OpenAIAPI
import ServingModel
import Testing

struct CompletionRequestTests {
    private static func decode(_ text: String) throws(APIError) -> CompletionRequest {
        try CompletionRequest.decode(Array(text.utf8))
    }

    private static let promptCases: [(String, [CompletionRequest.Prompt])] = [
        (#""a""#, [.text("a")]),
        (#"["a","b"]"#, [.text("a"), .text("b")]),
        ("[1,2]", [.tokens([TokenID(1), TokenID(2)])]),
        ("[[1],[2,3]]", [.tokens([TokenID(1)]), .tokens([TokenID(2), TokenID(3)])]),
        (#"["a",[4]]"#, [.text("a"), .tokens([TokenID(4)])]),
    ]

    @Test(arguments: promptCases)
    func decodesPrompts(_ prompt: String, _ expected: [CompletionRequest.Prompt]) throws {
        #expect(try Self.decode(#"{"model":"m","prompt":"# + prompt + "}").prompts == expected)
    }

    @Test func decodesItsOwnFields() throws {
        let request = try Self.decode(
            #"{"model":"m","prompt":"p","n":2,"best_of":2,"echo":true,"logprobs":3,"#
                + #""add_special_tokens":false,"stop":"x"}"#
        )
        #expect(request.echoes)
        #expect(request.suffix == nil)
        #expect(try Self.decode(#"{"model":"m","prompt":"p","suffix":"s"}"#).suffix == "s")
        #expect(!request.addsSpecialTokens)
        #expect(request.options.choices == 2)
        #expect(request.options.topLogprobs == 3)
        #expect(request.options.maxTokens == 16)
        #expect(request.options.stopStrings == ["x"])
    }

    @Test(arguments: [
        ("", "prompt", "Missing required parameter: 'prompt'."),
        (#","prompt":[]"#, "prompt", "Invalid 'prompt': expected at least one prompt, but got an empty array instead."),
        (
            #","prompt":[[]]"#, "prompt[0]",
            "Invalid 'prompt[0]': expected at least one token id, but got an empty array instead."
        ),
        (
            #","prompt":[1,"a"]"#, "prompt[1]",
            "Invalid type for 'prompt[1]': expected an integer, but got a string instead."
        ),
        (
            #","prompt":[true]"#, "prompt[0]",
            "Invalid type for 'prompt[0]': expected a string or an array of token ids, but got a boolean instead."
        ),
        (
            #","prompt":[[1],[2,2147483648]]"#, "prompt[1][1]",
            "Invalid 'prompt[1][1]': expected an integer from 0 to 2147483647, but got 2147483648 instead."
        ),
        (
            #","prompt":["a","b"],"n":65"#, "prompt",
            "Invalid 'prompt': expected at most 128 sequences (prompts times 'n'), but got 2 times 65 instead."
        ),
        (
            #","prompt":"a","best_of":2"#, "best_of",
            "Invalid 'best_of': it must equal 'n', as nothing is generated to be thrown away."
        ),
        (
            #","prompt":"a","logprobs":true"#, "logprobs",
            "Invalid type for 'logprobs': expected an integer, but got a boolean instead."
        ),
        (
            #","prompt":"a","suffix":"b","echo":true"#, "suffix",
            "Invalid 'suffix': it cannot be given together with 'echo'."
        ),
        (#","prompt":"a","messages":[]"#, "messages", "Unrecognized request argument supplied: messages"),
    ])
    func refuses(_ members: String, _ param: String, _ message: String) throws {
        let error = try #require(throws: APIError.self) { try Self.decode(#"{"model":"m""# + members + "}") }
        #expect(error.message == message)
        #expect(error.param == param)
        #expect(error.status == 400)
    }

    @Test func everyTruncationIsA400() {
        let bytes = Array(#"{"model":"m","prompt":[[1,2],"é"],"max_tokens":0,"seed":5}"#.utf8)
        for length in 0..<bytes.count {
            let error = #expect(throws: APIError.self) { try CompletionRequest.decode(Array(bytes[..<length])) }
            #expect(error?.status == 400)
        }
    }
}
