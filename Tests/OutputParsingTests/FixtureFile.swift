import JSONBytes
import OutputParsing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The answers of one format with what must be read from them: see `Fixtures/README.md`.
struct FixtureFile {
    struct Case {
        var name: String
        var prompt: String
        var output: String
        var isForced: Bool
        var keepsReasoning: Bool
        var hasTools: Bool
        var expected: Parsed
    }

    var format: OutputFormat
    var cases: [Case]

    static func all() throws -> [FixtureFile] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        return try names.filter { $0.hasSuffix(".json") }.map { name in
            let bytes = Array(try Data(contentsOf: folder.appending(path: name)))
            let format = OutputFormat.named(String(name.dropLast(".json".count)))
            guard let format, case .array(let cases) = try JSONValue(parsing: bytes) else {
                throw UnreadableFixture(name)
            }
            return FixtureFile(format: format, cases: try cases.map { try Case($0, file: name) })
        }
    }

    /// The tools of every case.
    static let tools: [ToolSignature] = [
        ToolSignature(
            name: Array("get_weather".utf8),
            parameters: [
                "type": "object",
                "properties": [
                    "city": ["type": "string"], "days": ["type": "integer"], "dry": ["type": "boolean"],
                    "at": ["$ref": "#/$defs/Place"], "unit": ["anyOf": [["type": "string"], ["type": "null"]]],
                    "tags": ["type": "array", "items": ["type": "string"]], "level": ["enum": [1, 2, "auto"]],
                ],
                "$defs": ["Place": ["type": "object", "properties": ["lat": ["type": "number"]]]],
            ]),
        ToolSignature(name: Array("now".utf8), parameters: ["type": "object", "properties": [:]]),
    ]

    func parse(_ item: Case, _ pieces: some Sequence<[UInt8]>) -> Parsed {
        Parsed(
            pieces, format: format, promptTail: item.prompt, tools: item.hasTools ? Self.tools : [],
            separatesReasoning: !item.keepsReasoning, forced: item.isForced)
    }
}

struct UnreadableFixture: Error {
    let name: String
    init(_ name: String) { self.name = name }
}

extension FixtureFile.Case {
    init(_ value: JSONValue, file: String) throws {
        guard case .object(let object) = value else { throw UnreadableFixture(file) }
        func text(_ key: String) -> String? {
            if case .string(let text)? = object[key] { return text }
            return nil
        }
        guard let name = text("name"), let output = text("output") else { throw UnreadableFixture(file) }
        self.name = name
        self.output = output
        prompt = text("prompt") ?? ""
        isForced = object["forced"] == .bool(true)
        keepsReasoning = object["keeps_reasoning"] == .bool(true)
        hasTools = object["tools"] != .bool(false)
        expected = Parsed(reasoning: text("reasoning") ?? "", content: text("content") ?? "")
        if case .array(let calls)? = object["calls"] {
            for case .object(let call) in calls {
                guard case .string(let name)? = call["name"], case .string(let arguments)? = call["arguments"] else {
                    throw UnreadableFixture(file)
                }
                var id: String?
                if case .string(let own)? = call["id"] { id = own }
                expected.calls.append(Parsed.Call(id: id, name: name, arguments: arguments))
            }
        }
        let whole = expected.calls.isEmpty ? OutputEnding.text : .toolCalls(expected.calls.count)
        expected.ending = object["ending"] == .string("malformed") ? .malformed : whole
    }
}
