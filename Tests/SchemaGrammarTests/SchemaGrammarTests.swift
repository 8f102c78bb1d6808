import Foundation
import JSONBytes
import SchemaGrammar
import Testing

struct SchemaGrammarTests {
    struct Case {
        let name: String
        let schema: JSONValue
        let valid: [String]
        let invalid: [String]
        let narrower: [String]
    }

    private static let fixture: (broken: [String], cases: [Case]) = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/schemas.json")
        guard let data = try? Data(contentsOf: file), let root = try? JSONValue(parsing: Array(data)),
            case .object(let object) = root, case .array(let cases)? = object["cases"]
        else { return ([], []) }
        return (strings(object["broken"]), cases.compactMap(Self.read))
    }()

    private static func strings(_ value: JSONValue?) -> [String] {
        guard case .array(let elements)? = value else { return [] }
        return elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
    }

    private static func read(_ value: JSONValue) -> Case? {
        guard case .object(let object) = value, case .string(let name)? = object["name"], let schema = object["schema"]
        else { return nil }
        return Case(
            name: name, schema: schema, valid: strings(object["valid"]), invalid: strings(object["invalid"]),
            narrower: strings(object["narrower"]))
    }

    @Test func matchesTheValidDocumentsOfEachSchemaAndNoOthers() throws {
        #expect(Self.fixture.cases.count > 80)
        for one in Self.fixture.cases {
            let grammar = try JSONGrammar.grammar(for: one.schema)
            let matcher = try GrammarMatcher(grammar)
            #expect(one.valid.filter { !matcher.matches($0) } == [], "\(one.name) allows these\n\(grammar)")
            #expect(one.invalid.filter(matcher.matches) == [], "\(one.name) forbids these\n\(grammar)")
            #expect(one.narrower.filter(matcher.matches) == [], "\(one.name) leaves these out on purpose\n\(grammar)")
            #expect(Self.fixture.broken.filter(matcher.matches) == [], "these are not JSON")
        }
    }

    /// Writes each grammar to a file, for a check against llama.cpp's own reader.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["DROVER_GRAMMAR_FOLDER"] != nil))
    func writesItsGrammars() throws {
        let folder = URL(filePath: ProcessInfo.processInfo.environment["DROVER_GRAMMAR_FOLDER"] ?? "")
        for (index, one) in Self.fixture.cases.enumerated() {
            let grammar = try JSONGrammar.grammar(for: one.schema)
            try Data(grammar.utf8).write(to: folder.appending(path: "\(index).gbnf"))
            let documents = (one.valid.map { "+" + $0 } + one.invalid.map { "-" + $0 }).joined(separator: "\n")
            try Data(documents.utf8).write(to: folder.appending(path: "\(index).txt"))
        }
    }

    @Test func matchesAnyJSONObject() throws {
        let matcher = try GrammarMatcher(JSONGrammar.anyJSONObject)
        for text in ["{}", #"{"a":1}"#, #"{"a": {"b": [1, "x", null]}, "c": -1.5e3}"#] {
            #expect(matcher.matches(text))
        }
        for text in ["[]", "1", "", "{", "{}{}", "{ }", #"{"a":\#n1}"#] { #expect(!matcher.matches(text)) }
    }

    @Test func holdsFormatsThatTheOracleDoesNotCheck() throws {
        let cases: [String: (valid: [String], invalid: [String])] = [
            "time": (
                ["00:00:00Z", "23:59:59.123456789+14:00", "12:30:00.5-05:30"],
                [
                    "24:00:00Z", "12:60:00Z", "12:30:60Z", "12:30:00", "12:30Z", "12:30:00.Z", "12:30:00+24:00",
                    "1:30:00Z",
                ]
            ),
            "date-time": (
                ["2024-02-29T00:00:00Z", "2023-12-31T23:59:59.5+01:00"],
                ["2023-02-29T00:00:00Z", "2023-12-31 23:59:59Z", "2023-12-31", "2023-12-31T23:59:59"]
            ),
            "duration": (
                ["P1Y", "P1Y2M3D", "PT1H", "P1DT12H30M5S", "P4W", "P2M", "PT30S", "P1YT5M"],
                ["P", "PT", "1Y", "P1Y3D", "PT1H5S", "P1W2D", "P1S", "P1YT", "P1.5Y"]
            ),
            "email": (
                ["a@b.c", "first.last+tag@example.com", "x_y@mail.example.org"],
                ["a", "a@", "@b.c", "a@b", "a..b@c.d", ".a@b.c", "a@-b.c", "a@b-.c", "a b@c.d", "\\\"a\\\"@b.c"]
            ),
        ]
        for (format, (valid, invalid)) in cases {
            let schema: JSONValue = ["type": "string", "format": .string(format)]
            let matcher = try GrammarMatcher(try JSONGrammar.grammar(for: schema))
            for text in valid { #expect(matcher.matches("\"\(text)\""), "\(text) is a \(format)") }
            for text in invalid { #expect(!matcher.matches("\"\(text)\""), "\(text) is no \(format)") }
        }
    }
}
