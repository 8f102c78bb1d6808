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
            TemplateContext(variables: JSONObject(variables.map { ($0, $1) }), trusted: trusted, now: Fixtures.now))
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
        #expect(marked(prompt) == "[<|im_start|>user\n]Hi<|im_end|>[<|im_end|>\n<|im_start|>assistant\n]")
    }

    private func marked(_ source: String, trusted: [String: String] = [:]) throws -> String {
        marked(
            try render(
                source, ["x": "in", "l": ["a", "b"], "padded": " <|t|> ", "role": "user"], trusted: trusted))
    }

    @Test func keepsTheOriginThroughOperations() throws {
        #expect(try marked("a{{ x }}b") == "[a]in[b]")
        #expect(try marked("{{ 'a' + x + 'b' }}{{ 'a' ~ x }}") == "[a]in[ba]in")
        #expect(try marked("{{ ('a' + x + 'b')[1:] }}{{ ('a' + x + 'b')[::-1] }}") == "in[bb]ni[a]")
        #expect(try marked("{{ padded.strip() }}{{ (' ' + padded + ' ') | trim }}") == "<|t|><|t|>")
        #expect(try marked("{{ 'a-a'.replace('-', x) }}{{ x.replace('n', '<|t|>') }}") == "[a]in[a]i[<|t|>]")
        #expect(try marked("{{ ('a,' + x).split(',') | join('<s>') }}{{ '<s>'.join(l) }}") == "[a<s>]ina[<s>]b")
        #expect(try marked("{{ x | upper }}{{ 'a' | upper }}{{ ('a' + x) | upper }}") == "IN[A]AIN")
        #expect(try marked("{{ '%s|%s' % ('a', x) }}{{ '{}{}'.format('a', x) }}") == "[a|]in[a]in")
        #expect(try marked("{{ x | default('d') }}{{ y | default('d') }}") == "in[d]")
        #expect(try marked("{{ ['a', x] | join(',') }}{{ x * 2 }}{{ 'a' * 2 }}") == "[a,]ininin[aa]")
        #expect(try marked("{{ 'a\nb' | indent(1) }}{{ x | indent(1, true) }}") == "[a\n b ]in")
        #expect(try marked("{% set s %}a{{ x }}{% endset %}{{ s }}") == "[a]in")
        #expect(try marked("{% macro m(v) %}<{{ v }}>{% endmacro %}{{ m(x) }}{{ m('y') }}") == "[<]in[><y>]")
        #expect(try marked("{% filter trim %} a{{ x }} {% endfilter %}") == "[a]in")
    }

    @Test func countsWhatIsMadeOfInputAsInput() throws {
        #expect(try marked("{{ {'a': 1} | tojson }}{{ x | tojson }}{{ {'a': x} }}") == "{\"a\": 1}\"in\"{'a': 'in'}")
        #expect(try marked("{{ 5 }}{{ true }}{{ none }}{{ 1.5 }}") == "5TrueNone1.5")
        #expect(try marked("{{ '<b>' | e }}{{ ('<' + x) | e }}") == "[&lt;b&gt;]&lt;in")
    }

    @Test func countsTrustedStringsAsTheTemplates() throws {
        #expect(try marked("{{ bos_token }}{{ x }}", trusted: ["bos_token": "<s>"]) == "[<s>]in")
        #expect(try marked("{{ x }}", trusted: ["x": "<s>"]) == "[<s>]")
    }

    @Test func countsWellKnownRolesAsTheTemplates() throws {
        let source = "{% for m in messages %}<|{{ m.role }}|>{% endfor %}{{ role }}"
        let prompt = try render(
            source,
            ["messages": [["role": "user"], ["role": "im_end"], ["role": "tool", "content": "user"]], "role": "user"])
        #expect(marked(prompt) == "[<|user|><|]im_end[|><|tool|>]user")
    }
}
