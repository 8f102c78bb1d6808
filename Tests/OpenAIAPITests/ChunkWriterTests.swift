import OpenAIAPI
import ServingModel
import Testing

struct ChunkWriterTests {
    private static let chat = ChunkWriter(ResponseSamples.head(.chat), includesUsage: false)
    private static let completion = ChunkWriter(ResponseSamples.head(.completion), includesUsage: false)
    private static let chatHead =
        #"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"a/\"b\"","#
        + #""system_fingerprint":"fp_1","choices":["#
    private static let completionHead =
        #"data: {"id":"cmpl-1","object":"text_completion","created":1700000000,"model":"a/\"b\"","#
        + #""system_fingerprint":"fp_1","choices":["#

    @Test func writesAChatStream() {
        let stream =
            ResponseSamples.written { Self.chat.appendRole(choice: 0, to: &$0) } + Self.chat.text("Hi")
            + ResponseSamples.written { Self.chat.appendFinish(.stop, choice: 0, to: &$0) }
            + ResponseSamples.written { ChunkWriter.appendDone(to: &$0) }
        #expect(
            stream == Self.chatHead
                + #"{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"#
                + #""logprobs":null,"finish_reason":null}]}"#
                + "\n\n" + Self.chatHead
                + #"{"index":0,"delta":{"content":"Hi"},"logprobs":null,"finish_reason":null}]}"# + "\n\n"
                + Self.chatHead + #"{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]}"# + "\n\n"
                + "data: [DONE]\n\n")
    }

    @Test func writesACompletionStream() {
        let stream =
            Self.completion.text("a", choice: 127) + Self.completion.text("b", choice: 10, end: .length)
            + ResponseSamples.written { Self.completion.appendFinish(.stop, choice: 3, to: &$0) }
        #expect(
            stream == Self.completionHead + #"{"index":127,"text":"a","logprobs":null,"finish_reason":null}]}"# + "\n\n"
                + Self.completionHead + #"{"index":10,"text":"b","logprobs":null,"finish_reason":"length"}]}"# + "\n\n"
                + Self.completionHead + #"{"index":3,"text":"","logprobs":null,"finish_reason":"stop"}]}"# + "\n\n")
    }

    @Test func escapesText() {
        #expect(
            Self.chat.text("\"\\\n\r\t\u{0}\u{1f}\u{7f}é😀\u{2028}/") == Self.chatHead
                + #"{"index":0,"delta":{"content":"\"\\\n\r\t\u0000\u001f"# + "\u{7f}é😀\u{2028}/"
                + #""},"logprobs":null,"finish_reason":null}]}"# + "\n\n")
    }

    @Test func reportsUsageOnlyIfAsked() {
        let writer = ChunkWriter(ResponseSamples.head(.chat, fingerprint: nil), includesUsage: true)
        let head =
            #"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"#
            + #""model":"a/\"b\"","choices":["#
        #expect(
            writer.text("x") == head
                + #"{"index":0,"delta":{"content":"x"},"logprobs":null,"finish_reason":null}],"usage":null}"# + "\n\n")
        #expect(
            ResponseSamples.written { writer.appendUsage(ResponseSamples.usage, to: &$0) } == head
                + #"],"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"#
                + #""prompt_tokens_details":{"cached_tokens":4}}}"# + "\n\n")
    }

    @Test func reportsLogprobsOfChats() {
        #expect(
            Self.chat.text("\"é", tokens: ResponseSamples.tokens) == Self.chatHead
                + #"{"index":0,"delta":{"content":"\"é"},"logprobs":{"content":["#
                + #"{"token":"\"é","logprob":-0.5,"bytes":[34,195,169],"top_logprobs":["#
                + #"{"token":"\"é","logprob":-0.5,"bytes":[34,195,169]},"#
                + #"{"token":"x","logprob":-9999.0,"bytes":[120]}]},"#
                + #"{"token":"\\xf0\\x9f","logprob":-1e-05,"bytes":[240,159],"top_logprobs":["#
                + #"{"token":"\\xf0\\x9f","logprob":-1e-05,"bytes":[240,159]}]}],"refusal":null},"#
                + #""finish_reason":null}]}"# + "\n\n")
    }

    @Test func reportsLogprobsOfCompletions() {
        #expect(
            Self.completion.text("\"é", tokens: ResponseSamples.tokens) == Self.completionHead
                + #"{"index":0,"text":"\"é","logprobs":{"tokens":["\"é","bytes:\\xf0\\x9f"],"#
                + #""token_logprobs":[-0.5,-1e-05],"#
                + #""top_logprobs":[{"\"é":-0.5,"x":-9999.0},{"bytes:\\xf0\\x9f":-1e-05}],"text_offset":[7,9]},"#
                + #""finish_reason":null}]}"# + "\n\n")
    }

    @Test func reportsAnErrorInTheStream() {
        #expect(
            ResponseSamples.written { ChunkWriter.appendError(.serverError, to: &$0) }
                == #"data: {"error":{"message":"The server had an error while processing your request.","#
                + #""type":"server_error","param":null,"code":"server_error"}}"# + "\n\n")
    }
}
