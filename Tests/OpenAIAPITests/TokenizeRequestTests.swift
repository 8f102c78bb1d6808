import JSONBytes
import OpenAIAPI
import ServingModel
import Testing

struct TokenizeRequestTests {
    private static func decode(_ text: String) throws(APIError) -> TokenizeRequest {
        try TokenizeRequest.decode(Array(text.utf8))
    }

    @Test func decodesText() throws {
        let request = try Self.decode(#"{"prompt":"a","return_token_strs":true}"#)
        #expect(request.model == nil)
        #expect(request.input == .text("a"))
        #expect(request.addsSpecialTokens)
        #expect(request.returnsTokenStrings)
    }

    @Test func decodesAConversation() throws {
        let request = try Self.decode(
            #"{"model":"m","messages":[{"role":"user","content":"a"}],"add_generation_prompt":false}"#)
        guard case .conversation(let conversation) = request.input else {
            Issue.record("not a conversation")
            return
        }
        #expect(conversation.messages == [["role": "user", "content": "a"]])
        #expect(!conversation.addsGenerationPrompt)
        #expect(!request.addsSpecialTokens)
        #expect(request.model == ModelID("m"))
    }

    @Test(arguments: [
        ("{}", "Missing required parameter: 'prompt'."),
        (
            #"{"prompt":"a","messages":[{"role":"user","content":"a"}]}"#,
            "Invalid 'prompt': it cannot be given together with 'messages'."
        ),
        (
            #"{"prompt":"a","add_generation_prompt":true}"#,
            "Invalid 'add_generation_prompt': it is only allowed with 'messages'."
        ),
    ])
    func refuses(_ body: String, _ message: String) throws {
        let error = try #require(throws: APIError.self) { try Self.decode(body) }
        #expect(error.message == message)
    }

    @Test func decodesTokens() throws {
        let request = try DetokenizeRequest.decode(Array(#"{"tokens":[5,0]}"#.utf8))
        #expect(request.tokens == [TokenID(5), TokenID(0)])
        let error = try #require(throws: APIError.self) {
            try DetokenizeRequest.decode(Array(#"{"tokens":["a"]}"#.utf8))
        }
        #expect(error.message == "Invalid type for 'tokens[0]': expected an integer, but got a string instead.")
    }

    @Test func writesResponses() {
        var bytes: [UInt8] = []
        TokenizeResponse(tokens: [TokenID(5), TokenID(49_151)], contextTokens: 2048, tokenStrings: ["a", "\"é"])
            .append(to: &bytes)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"count":2,"max_model_len":2048,"tokens":[5,49151],"token_strs":["a","\"é"]}"#)
        bytes = []
        TokenizeResponse(tokens: [], contextTokens: 2048, tokenStrings: nil).append(to: &bytes)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"count":0,"max_model_len":2048,"tokens":[],"token_strs":null}"#)
        bytes = []
        DetokenizeResponse(text: Array("a\n😀".utf8)).append(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == #"{"prompt":"a\n😀"}"#)
    }
}
