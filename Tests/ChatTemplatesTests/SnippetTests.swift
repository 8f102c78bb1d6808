import ChatTemplates
import JSONBytes
import Testing

struct SnippetTests {
    private struct Snippet: CustomTestStringConvertible {
        let template: String
        let expected: Outcome

        init(_ object: JSONObject) {
            template = object.string("template") ?? ""
            expected =
                switch object.string("error") {
                case "syntax": .syntax
                case "runtime": .runtime
                case "raised": .raised(object.string("text") ?? "")
                default: .text(object.string("text") ?? "")
                }
        }

        var testDescription: String { template }
    }

    private func fixture() throws -> (snippets: [Snippet], context: TemplateContext) {
        let fixture = try Fixtures.read("snippets.json")
        let context = TemplateContext(variables: fixture.object("context"), now: Fixtures.now)
        return (fixture.array("snippets").map { Snippet($0.asObject) }, context)
    }

    @Test func rendersEverySnippetAsJinjaDoes() throws {
        let (snippets, context) = try fixture()
        #expect(snippets.count > 300)
        for snippet in snippets {
            #expect(Outcome(snippet.template, context) == snippet.expected, "\(snippet.template)")
        }
    }

    @Test func survivesEverySnippetCutShort() throws {
        let (snippets, context) = try fixture()
        for snippet in snippets {
            let scalars = Array(snippet.template.unicodeScalars)
            for end in scalars.indices {
                var text = String.UnicodeScalarView()
                text.append(contentsOf: scalars[..<end])
                _ = Outcome(String(text), context)
            }
        }
    }
}
