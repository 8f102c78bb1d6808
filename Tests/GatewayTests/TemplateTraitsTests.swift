import ChatTemplates
import Gateway
import OpenAIAPI
import Testing

struct TemplateTraitsTests {
    private func traits(_ source: String) throws -> TemplateTraits {
        TemplateTraits(probing: try ChatTemplate(source: source), trusted: ["eos_token": "</s>"])
    }

    private static let head = "{% if tools %}{{ tools | tojson }}{% endif %}{% for m in messages %}{{ m.role }}: "
    private static let foot = "{{ m.content }}{{ eos_token }}{% endfor %}"

    @Test func knowsTemplatesThatWriteArgumentsOut() throws {
        let traits = try traits(
            Self.head + "{% for c in m.tool_calls %}{{ c.function.arguments | tojson }}{% endfor %}" + Self.foot)
        #expect(traits.showsTools && traits.showsCalls && traits.showsResults && traits.showsSystem)
        #expect(traits.argumentForm == .object && !traits.needsShortCallIDs && !traits.callsReasoningThinking)
    }

    @Test(arguments: [
        "{{ '{\"arguments\": ' + c.function.arguments + '}' }}", "{{ c.function.arguments }}",
    ])
    func knowsTemplatesThatPutArgumentsIn(_ call: String) throws {
        let traits = try traits(Self.head + "{% for c in m.tool_calls %}\(call){% endfor %}" + Self.foot)
        #expect(traits.showsCalls && traits.argumentForm == .text)
    }

    @Test func knowsTemplatesThatAskForShortIDs() throws {
        let traits = try traits(
            Self.head
                + "{% for c in m.tool_calls %}{% if c.id | length != 9 %}{{ raise_exception('length') }}{% endif %}"
                + "{{ c.function.arguments | tojson }}{% endfor %}" + Self.foot)
        #expect(traits.needsShortCallIDs && traits.showsCalls && traits.argumentForm == .object)
    }

    @Test func knowsTemplatesThatKnowNothing() throws {
        let plain = try traits("{% for m in messages %}{{ m.role }}: {{ m.content }}{% endfor %}")
        #expect(!plain.showsTools && !plain.showsCalls && plain.showsResults && plain.showsSystem)
        let picky = try traits(
            "{% for m in messages %}{% if m.role not in ['user', 'assistant'] %}{{ raise_exception('role') }}{% endif %}"
                + "{{ m.content }}{% endfor %}")
        #expect(!picky.showsTools && !picky.showsCalls && !picky.showsResults && !picky.showsSystem)
        let broken = try traits("{{ raise_exception('never') }}")
        #expect(broken == picky)
    }

    @Test func knowsTheNameOfReasoning() throws {
        let calls = "{% for c in m.tool_calls %}{{ c.function.arguments | tojson }}{% endfor %}"
        #expect(try traits(Self.head + "{{ m.thinking }}" + calls + Self.foot).callsReasoningThinking)
        #expect(try !traits(Self.head + "{{ m.reasoning }}" + calls + Self.foot).callsReasoningThinking)
    }
}
