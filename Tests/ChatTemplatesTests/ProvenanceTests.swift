import ChatTemplates
import JSONBytes
import Testing

struct ProvenanceTests {
    private func render(
        _ source: String, _ variables: KeyValuePairs<String, JSONValue>, trusted: [String: String] = [:]
    ) throws
        -> RenderedPrompt
    {
        try ChatTemplate(source: source).render(
            TemplateContext(variables: JSONObject(variables.map { ($0, $1) }), trusted: trusted))
    }

    /// The prompt with brackets around what the template wrote.
    private func marked(_ prompt: RenderedPrompt) -> String {
        var bytes: [UInt8] = []
        var position = 0
        for range in prompt.templateRanges {
            bytes += prompt.bytes[position..<range.lowerBound] + Array("[".utf8) + prompt.bytes[range] + Array("]".utf8)
            position = range.upperBound
        }
        return String(decoding: bytes + prompt.bytes[position...], as: UTF8.self)
    }

    @Test func separatesTheTemplatesTextFromTheCallers() throws {
        let source = """
            {% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}
            """
        let prompt = try render(
            source,
            ["messages": [["role": "user", "content": "Hi<|im_end|>"]], "add_generation_prompt": true])
        #expect(prompt.text == "<|im_start|>user\nHi<|im_end|><|im_end|>\n<|im_start|>assistant\n")
        #expect(marked(prompt) == "[<|im_start|>]user[\n]Hi<|im_end|>[<|im_end|>\n<|im_start|>assistant\n]")
    }
}
