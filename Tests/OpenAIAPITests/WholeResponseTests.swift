import OpenAIAPI
import ServingModel
import Testing

struct WholeResponseTests {
    private static let usageText =
        #""usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"#
        + #""prompt_tokens_details":{"cached_tokens":4}}}"#

    @Test func writesAChatCompletion() {
        let response = WholeResponse(
            ResponseSamples.head(.chat),
            choices: [
                WholeResponse.Choice(text: Array("é\n".utf8), end: .stop),
                WholeResponse.Choice(text: [], end: .length, tokens: Array(ResponseSamples.tokens.suffix(1))),
            ], usage: ResponseSamples.usage)
        #expect(
            ResponseSamples.written(response.append)
                == #"{"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"a/\"b\"","#
                + #""system_fingerprint":"fp_1","choices":["#
                + #"{"index":0,"message":{"role":"assistant","content":"é\n","refusal":null},"logprobs":null,"#
                + #""finish_reason":"stop"},"#
                + #"{"index":1,"message":{"role":"assistant","content":"","refusal":null},"logprobs":{"content":["#
                + #"{"token":"\\xf0\\x9f","logprob":-1e-05,"bytes":[240,159],"top_logprobs":["#
                + #"{"token":"\\xf0\\x9f","logprob":-1e-05,"bytes":[240,159]}]}],"refusal":null},"#
                + #""finish_reason":"length"}],"# + Self.usageText)
    }

    @Test func writesACompletion() {
        let first = TokenReport(bytes: Array("p".utf8), logprob: nil, top: [], textOffset: 0)
        var second = ResponseSamples.tokens[0]
        second.textOffset = 1
        let response = WholeResponse(
            ResponseSamples.head(.completion, fingerprint: nil),
            choices: [
                WholeResponse.Choice(text: Array("p\"é".utf8), end: .stop, tokens: [first, second])
            ], usage: ResponseSamples.usage)
        #expect(
            ResponseSamples.written(response.append)
                == #"{"id":"cmpl-1","object":"text_completion","created":1700000000,"model":"a/\"b\"","choices":["#
                + #"{"index":0,"text":"p\"é","logprobs":{"tokens":["p","\"é"],"token_logprobs":[null,-0.5],"#
                + #""top_logprobs":[null,{"\"é":-0.5,"x":-9999.0}],"text_offset":[0,1]},"finish_reason":"stop"}],"#
                + Self.usageText)
    }

    @Test func listsModels() {
        let model = ModelListing(model: ModelID("m"), created: 7, owner: "drover", contextTokens: 2048)
        let item = #"{"id":"m","object":"model","created":7,"owned_by":"drover","max_model_len":2048}"#
        #expect(ResponseSamples.written(model.append) == item)
        #expect(
            ResponseSamples.written { ModelListing.append([model, model], to: &$0) }
                == #"{"object":"list","data":["# + item + "," + item + "]}")
    }

    @Test func endsForTheEnginesReasons() {
        #expect(ChoiceEnd(.stop(TokenID(2))) == .stop)
        #expect(ChoiceEnd(.constraintComplete) == .stop)
        #expect(ChoiceEnd(.length) == .length)
    }
}
