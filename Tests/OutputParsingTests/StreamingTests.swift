import JSONBytes
import OutputParsing
import Testing

struct StreamingTests {
    @Test func readsAHermesCallBehindReasoning() {
        let text =
            "<think>\nhm\n</think>\n\nHello\n<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\": 1}}\n</tool_call>"
        let format = OutputFormat.named("hermes") ?? .plainJSON
        let tools = [ToolSignature(name: Array("f".utf8), parameters: nil)]
        let whole = Parsed([Array(text.utf8)], format: format, tools: tools)
        #expect(whole.reasoning == "hm")
        #expect(whole.content == "Hello")
        #expect(whole.calls == [Parsed.Call(id: nil, name: "f", arguments: "{\"a\": 1}")])
        #expect(whole.ending == .toolCalls(1))
        #expect(Parsed(text.utf8.map { [$0] }, format: format, tools: tools) == whole)
    }
}
