import OpenAIAPI
import Testing

/// Answers of several parts: reasoning, content, calls.
struct MessageDeltaTests {
    private static let pieces: [MessageDelta] = [
        MessageDelta(.reasoning, Array("Why\n?".utf8)),
        MessageDelta(.content, Array("Well".utf8)),
        MessageDelta(.call(index: 0, id: "call_1"), Array("weather".utf8)),
        MessageDelta(.arguments(index: 0), Array(#"{"city": "#.utf8)),
        MessageDelta(.arguments(index: 0), Array(#""Ürümqi"}"#.utf8)),
        MessageDelta(.call(index: 1, id: "functions.clock:1"), Array("clock".utf8)),
        MessageDelta(.arguments(index: 1), Array("{}".utf8)),
    ]

    private static let deltas = [
        #"{"reasoning_content":"Why\n?"}"#, #"{"content":"Well"}"#,
        #"{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"weather","arguments":""}}]}"#,
        #"{"tool_calls":[{"index":0,"function":{"arguments":"{\"city\": "}}]}"#,
        #"{"tool_calls":[{"index":0,"function":{"arguments":"\"Ürümqi\"}"}}]}"#,
        #"{"tool_calls":[{"index":1,"id":"functions.clock:1","type":"function","#
            + #""function":{"name":"clock","arguments":""}}]}"#,
        #"{"tool_calls":[{"index":1,"function":{"arguments":"{}"}}]}"#,
    ]

    private static let writer = ChunkWriter(ResponseSamples.head(.chat), includesUsage: false)
    private static let head =
        #"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"a/\"b\"","#
        + #""system_fingerprint":"fp_1","choices":[{"index":2,"delta":"#

    @Test func writesAChunkForEachPiece() {
        let stream = ResponseSamples.written { Self.writer.append(Self.pieces, choice: 2, tokens: nil, to: &$0) }
        let expected = Self.deltas.map { Self.head + $0 + #","logprobs":null,"finish_reason":null}]}"# + "\n\n" }
        #expect(stream == expected.joined())
    }

    @Test func leavesTheContentOpenAtFirst() {
        let chunk = ResponseSamples.written { Self.writer.appendRole(choice: 2, mayLackContent: true, to: &$0) }
        #expect(
            chunk == Self.head + #"{"role":"assistant","content":null,"refusal":null},"logprobs":null,"#
                + #""finish_reason":null}]}"# + "\n\n")
    }

    @Test func reportsTokensOnce() {
        let pieces = Array(Self.pieces.prefix(2))
        let stream = ResponseSamples.written {
            Self.writer.append(pieces, choice: 2, tokens: Array(ResponseSamples.tokens.suffix(1)), to: &$0)
        }
        let reports = stream.split(separator: "\n").compactMap { $0.firstRange(of: #""logprobs":{"content":["#) }
        #expect(reports.count == 2)
        #expect(stream.contains(#"{"content":"Well"},"logprobs":{"content":[],"refusal":null}"#))
    }

    @Test func writesAWholeMessage() {
        let choice = WholeResponse.Choice(pieces: Self.pieces, end: .toolCalls, tokens: nil)
        let calls = WholeResponse.Choice(pieces: Array(Self.pieces.suffix(2)), end: .toolCalls, tokens: nil)
        #expect(calls.calls.count == 1 && calls.text.isEmpty && calls.reasoning == nil)
        let usage = TokenUsage(promptTokens: 1, completionTokens: 9, cachedTokens: 0, reasoningTokens: 3)
        let text = ResponseSamples.written(
            WholeResponse(ResponseSamples.head(.chat), choices: [choice], usage: usage).append)
        let message =
            #"{"role":"assistant","content":"Well","reasoning_content":"Why\n?","tool_calls":["#
            + #"{"id":"call_1","type":"function","function":{"name":"weather","#
            + #""arguments":"{\"city\": \"Ürümqi\"}"}},"#
            + #"{"id":"functions.clock:1","type":"function","function":{"name":"clock","arguments":"{}"}}],"#
            + #""refusal":null}"#
        let end = #","logprobs":null,"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":1,"#
        let details = #""completion_tokens_details":{"reasoning_tokens":3}}}"#
        #expect(text.contains(#"[{"index":0,"message":"# + message + end))
        #expect(text.hasSuffix(details))
    }

    @Test func hasNoContentIfThereAreOnlyCalls() {
        let pieces = Array(Self.pieces[2...4])
        let choice = WholeResponse.Choice(pieces: pieces, end: .toolCalls, tokens: nil)
        let response = WholeResponse(ResponseSamples.head(.chat), choices: [choice], usage: ResponseSamples.usage)
        #expect(ResponseSamples.written(response.append).contains(#""content":null,"tool_calls":[{"#))
        let empty = WholeResponse.Choice(pieces: [], end: .stop, tokens: nil)
        let other = WholeResponse(ResponseSamples.head(.chat), choices: [empty], usage: ResponseSamples.usage)
        #expect(ResponseSamples.written(other.append).contains(#""content":"","refusal":null"#))
    }
}
