import ChatTemplates
import JSONBytes
import Testing

/// Every template that llama.cpp collects, over every conversation, against Jinja2.
@Suite(.enabled(if: Fixtures.hasModelTemplates, "run scripts/setup first: it unpacks the templates"))
struct ModelTemplateTests {
    private struct Case {
        let name: String
        let context: TemplateContext
    }

    private struct Model {
        let file: String
        let template: ChatTemplate
        let results: [String]
    }

    private func load() throws -> (models: [Model], cases: [Case]) {
        let fixture = try Fixtures.read("models.json")
        var trusted: [String: String] = [:]
        for (name, value) in fixture.object("trusted") { if case .string(let text) = value { trusted[name] = text } }
        let cases = fixture.array("cases").map(\.asObject).map { object in
            Case(
                name: object.string("name") ?? "",
                context: TemplateContext(variables: object.object("variables"), trusted: trusted, now: Fixtures.now))
        }
        var models: [Model] = []
        for entry in fixture.array("templates").map(\.asObject) {
            let file = entry.string("file") ?? ""
            let content = try Fixtures.modelTemplate(file)
            guard Fixtures.hash(content) == entry.string("content") else {
                Issue.record("\(file) is not the file that the fixture was made from: regenerate the fixture")
                continue
            }
            let results = entry.array("results").map { if case .string(let text) = $0 { text } else { "" } }
            let template = try ChatTemplate(source: String(decoding: content, as: UTF8.self))
            models.append(Model(file: file, template: template, results: results))
        }
        return (models, cases)
    }

    @Test func rendersEveryConversationAsJinjaDoes() throws {
        let (models, cases) = try load()
        var (equal, total) = (0, 0)
        for model in models {
            for (item, expected) in zip(cases, model.results) {
                let actual = result(of: model.template, item.context)
                total += 1
                equal += actual == expected ? 1 : 0
                #expect(actual == expected, "\(model.file), \(item.name)")
            }
        }
        print("\(equal) of \(total) prompts of \(models.count) templates are equal")
    }

    private func result(of template: ChatTemplate, _ context: TemplateContext) -> String {
        do {
            let bytes = try template.render(context).bytes
            return "\(Fixtures.hash(bytes)) \(bytes.count)"
        } catch {
            return error.kind == .raised ? "raised" : "runtime"
        }
    }

    @Test func survivesEveryTemplateCutShort() throws {
        let (models, cases) = try load()
        let context = try #require(cases.first { $0.name == "calls-turns" }).context
        for model in models {
            let content = try Fixtures.modelTemplate(model.file)
            for end in stride(from: 0, to: content.count, by: max(1, content.count / 50)) {
                _ = Outcome(String(decoding: content[..<end], as: UTF8.self), context)
            }
        }
    }

    /// The marks around a hostile user's text in the conversations.
    private static let hostile = (open: Array("«user»".utf8), close: Array("«/user»".utf8))

    @Test func keepsTheCallersSpecialTokensApartFromItsOwn() throws {
        let (models, cases) = try load()
        for model in models {
            for item in cases {
                guard let prompt = try? model.template.render(item.context) else { continue }
                let spans = spans(of: prompt.bytes, from: Self.hostile.open, to: Self.hostile.close)
                for span in spans {
                    let isApart = !prompt.templateRanges.contains { $0.overlaps(span) }
                    #expect(isApart, "\(model.file), \(item.name): the user's text counts as the template's")
                }
                for token in specialTokens(in: prompt.bytes) where !spans.contains(where: { $0.overlaps(token) }) {
                    let isOwn = prompt.templateRanges.contains {
                        $0.lowerBound <= token.lowerBound && token.upperBound <= $0.upperBound
                    }
                    let text = String(decoding: prompt.bytes[token], as: UTF8.self)
                    #expect(isOwn, "\(model.file), \(item.name): \(text) does not count as the template's")
                }
            }
        }
    }

    private func spans(of bytes: [UInt8], from open: [UInt8], to close: [UInt8]) -> [Range<Int>] {
        var spans: [Range<Int>] = []
        var start: Int?
        for at in bytes.indices where bytes[at] == open[0] {
            if bytes[at...].starts(with: open) { start = start ?? at }
            if let from = start, bytes[at...].starts(with: close) {
                spans.append(from..<at + close.count)
                start = nil
            }
        }
        return spans
    }

    /// Where text of the form `<|name|>` stands.
    private func specialTokens(in bytes: [UInt8]) -> [Range<Int>] {
        var tokens: [Range<Int>] = []
        for at in bytes.indices where bytes[at...].starts(with: "<|".utf8) {
            let rest = bytes[at...].prefix(40)
            guard let end = rest.indices.dropFirst(2).first(where: { rest[$0...].starts(with: "|>".utf8) }),
                rest[(at + 2)..<end].allSatisfy({ $0 == UInt8(ascii: "_") || Character(Unicode.Scalar($0)).isLetter })
            else { continue }
            tokens.append(at..<end + 2)
        }
        return tokens
    }
}
