import JSONBytes
import OutputParsing
import SchemaGrammar
import ServingModel
import Testing

/// Every notation of calls: what its grammar allows, the parser of the format reads as calls that satisfy the schemas.
struct CallNotationTests {
    private static let schemas: [(name: String, schema: JSONValue)] = [
        (
            "get_weather",
            [
                "type": "object",
                "properties": [
                    "city": ["type": "string"], "days": ["type": "integer", "minimum": 1, "maximum": 12],
                    "dry": ["type": "boolean"], "unit": ["type": ["string", "null"]],
                    "tags": ["type": "array", "items": ["type": "string"]], "at": ["$ref": "#/$defs/a~1place"],
                    "level": ["enum": [1, 2, "auto", "<b>"]],
                    "count": ["anyOf": [["type": "integer"], ["type": "string"]]],
                ], "required": ["city"],
                "$defs": ["a/place": ["type": "object", "properties": ["lat": ["type": "number"]]]],
            ]
        ),
        (
            "held",
            [
                "type": "object",
                "properties": [
                    "code": ["type": "string", "pattern": "^[A-Z<]{2}[0-9\\]]+$"],
                    "note": ["type": "string", "minLength": 1, "maxLength": 5],
                    "mode": ["enum": ["a", "x<y", "\n", "null", "</parameter>", "</arg_value>", "b\n"]],
                    "maybe": ["enum": ["a", .null]], "when": ["type": "string", "format": "date"],
                    "flags": ["type": "array", "items": ["enum": ["<", "]", "c"]], "minItems": 1],
                ], "required": ["code", "note", "mode", "maybe"],
            ]
        ),
        ("now", ["type": "object", "properties": [:], "additionalProperties": false]), ("open", ["type": "object"]),
        (
            "counts",
            [
                "type": "object", "properties": ["a": ["type": "string"], "ab": ["type": "integer"]],
                "additionalProperties": ["type": "integer"], "required": ["ab"],
            ]
        ),
        (
            "tree",
            [
                "$ref": "#/$defs/node",
                "$defs": [
                    "node": [
                        "type": "object",
                        "properties": [
                            "label": ["type": "string"],
                            "children": ["type": "array", "items": ["$ref": "#/$defs/node"]],
                        ], "required": ["label"], "additionalProperties": false,
                    ]
                ],
            ]
        ),
        (
            "either",
            [
                "anyOf": [
                    ["type": "object", "properties": ["a": ["type": "integer"]], "required": ["a"]],
                    [
                        "type": "object", "properties": ["b": ["type": "string"]], "required": ["b"],
                        "additionalProperties": true,
                    ],
                ]
            ]
        ),
    ]

    static let formats = OutputFormat.all.filter { $0.forcedCall != nil }.map(\.name)

    private struct Read {
        var ending = OutputEnding.text
        var content: [UInt8] = []
        var calls: [(name: String, arguments: [UInt8])] = []
    }

    private static func read(_ text: String, _ format: OutputFormat, prompt: String, isForced: Bool) -> Read {
        let tools = schemas.map { ToolSignature(name: Array($0.name.utf8), parameters: $0.schema) }
        var parser = OutputParser(
            format, promptTail: Array(prompt.utf8), tools: tools, separatesReasoning: true, forced: isForced)
        var (read, deltas) = (Read(), [OutputDelta]())
        parser.feed(Array(text.utf8).span, into: &deltas)
        read.ending = parser.finish(into: &deltas)
        for delta in deltas {
            switch delta {
            case .reasoning(let bytes), .content(let bytes): read.content += bytes
            case .toolCall(_, _, let name): read.calls.append((String(decoding: name, as: UTF8.self), []))
            case .arguments(let index, let bytes): read.calls[index].arguments += bytes
            }
        }
        return read
    }

    private static func sampler(_ frame: CallConstraint.Frame, only name: String?) throws -> GrammarSampler {
        var grammar = CallGrammar(frame)
        for (function, schema) in schemas where name == nil || name == function {
            try grammar.add(function: function, parameters: schema)
        }
        return GrammarSampler(try GrammarMatcher(try grammar.text(most: 3)), seed: 5)
    }

    private static func prompt(_ format: OutputFormat) -> String {
        switch format.name {
        case "harmony", "muse": "<|start|>assistant"
        case "functionary-v3.2": ">>>"
        default: ""
        }
    }

    private static func check(_ text: String, _ format: OutputFormat, prompt: String, isForced: Bool) {
        let read = read(text, format, prompt: prompt, isForced: isForced)
        let note = Comment(rawValue: "\(format.name): \(text.debugDescription)")
        #expect(read.ending == .toolCalls(read.calls.count) && read.content.isEmpty, note)
        for call in read.calls {
            let schema = schemas.first { $0.name == call.name }?.schema ?? .bool(false)
            let arguments = try? JSONValue(parsing: call.arguments)
            let isValid = arguments.map(SchemaCheck(root: schema).allows) ?? false
            #expect(isValid, "\(String(decoding: call.arguments, as: UTF8.self)) \(note)")
        }
    }

    @Test(arguments: formats)
    func readsWhatItsGrammarAllows(_ name: String) throws {
        let format = try #require(OutputFormat.named(name))
        let frame = try #require(format.forcedCall)
        for function in Self.schemas.map(\.name) + [nil] {
            var sampler = try Self.sampler(frame, only: function)
            for round in 0..<30 {
                let text = sampler.text(budget: round * 8)
                Self.check(text, format, prompt: Self.prompt(format), isForced: true)
            }
        }
    }

    /// Calls that the model began of its own accord, in any of the ways in which they begin.
    @Test(arguments: formats)
    func readsWhatFollowsEveryOpening(_ name: String) throws {
        let format = try #require(OutputFormat.named(name))
        let frame = try #require(format.forcedCall)
        guard let trigger = format.callTrigger(isInReasoning: false) else { return }
        #expect(!trigger.openings.isEmpty)
        var sampler = try Self.sampler(frame, only: nil)
        for opening in trigger.openings {
            let standsFor = String(decoding: opening.standsFor, as: UTF8.self)
            for round in 0..<30 {
                let text = sampler.text(budget: round * 4)
                guard text.hasPrefix(standsFor) else {
                    Issue.record("\(name): \(text) does not begin with \(standsFor)")
                    continue
                }
                let begun = (name == "harmony" ? " " : "") + String(decoding: opening.text, as: UTF8.self)
                let whole = begun + text.dropFirst(standsFor.count)
                Self.check(whole, format, prompt: Self.prompt(format), isForced: false)
            }
        }
    }

    @Test func tellsWhichFormatsCanBeHeldOfTheirOwnAccord() {
        let held = OutputFormat.all.filter { $0.callTrigger(isInReasoning: false) != nil }.map(\.name)
        let refused = Set(OutputFormat.all.filter(\.hasCalls).map(\.name)).subtracting(held)
        #expect(
            refused == [
                "llama3-json", "llama4", "plain-json", "xlam", "functionary-v3.2", "phi-4-mini", "muse", "minimax-m3",
            ])
    }

    /// Names that a notation has no room for are refused, and those that it has are not.
    @Test(arguments: [("hermes", true), ("gemma", true), ("llama4", false), ("glm", true), ("qwen3-coder", true)])
    func refusesNamesThatCannotStand(_ name: String, _ mayHaveSpaces: Bool) throws {
        let frame = try #require(OutputFormat.named(name)?.forcedCall)
        var grammar = CallGrammar(frame)
        let schema: JSONValue = ["type": "object", "properties": ["a b": ["type": "integer"]], "required": ["a b"]]
        do {
            try grammar.add(function: "f", parameters: schema)
            #expect(mayHaveSpaces)
        } catch {
            #expect(!mayHaveSpaces)
        }
    }

    @Test func writesCallsAsTheGrammarAllows() throws {
        let calls: [(String, JSONObject)] = [
            ("get_weather", Self.object(["city": "Oslo <b>\n", "days": 3, "dry": true, "tags": ["a", "b"]])),
            ("now", JSONObject()),
        ]
        for name in Self.formats {
            let frame = try #require(OutputFormat.named(name)?.forcedCall)
            var grammar = CallGrammar(frame)
            for (function, schema) in Self.schemas { try grammar.add(function: function, parameters: schema) }
            let text = CallText(frame).text(of: calls)
            let isMatched = try GrammarMatcher(try grammar.text(most: 2)).matches(text)
            #expect(isMatched, "\(name): \(text)")
        }
    }

    private static func object(_ value: JSONValue) -> JSONObject {
        if case .object(let object) = value { object } else { JSONObject() }
    }
}
