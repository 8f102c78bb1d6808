import JSONBytes
import SchemaGrammar
import ServingModel
import Testing

struct CallGrammarTests {
    private static let city: JSONValue = [
        "type": "object", "properties": ["city": ["type": "string"], "days": ["$ref": "#/$defs/count"]],
        "required": ["city"], "$defs": ["count": ["type": "integer", "minimum": 1, "maximum": 9]],
    ]
    private static let other: JSONValue = [
        "properties": ["count": ["$ref": "#/$defs/count"]], "$defs": ["count": ["enum": ["few", "many"]]],
        "required": ["count"],
    ]

    private static let plain = CallConstraint.Frame(
        beforeName: "", beforeArguments: "(", afterArguments: ")", between: ";")

    private func matcher(most: Int = 1, alternative: JSONValue? = nil) throws -> GrammarMatcher {
        var grammar = CallGrammar(
            CallConstraint.Frame(
                opening: "! ", beforeName: "<call>\n{\"name\": \"", beforeArguments: "\", \"arguments\": ",
                afterArguments: "}\n</call>", between: "\n", closing: "<|end|>"))
        try grammar.add(function: "weather", parameters: Self.city)
        try grammar.add(function: "count", parameters: Self.other)
        try grammar.add(function: "now", parameters: ["type": "object", "additionalProperties": false])
        if let alternative { try grammar.add(alternative: alternative) }
        return try GrammarMatcher(try grammar.text(most: most))
    }

    private func call(_ name: String, _ arguments: String) -> String {
        "<call>\n{\"name\": \"\(name)\", \"arguments\": \(arguments)}\n</call>"
    }

    @Test func matchesOneCall() throws {
        let matcher = try matcher()
        for (name, arguments) in [
            ("weather", #"{"city":"Oslo"}"#), ("weather", #"{"city": "Oslo", "days": 3}"#),
            ("count", #"{"count":"few"}"#),
            ("now", "{}"),
        ] {
            let isMatched = matcher.matches("! " + call(name, arguments) + "<|end|>")
            #expect(isMatched, "\(name) \(arguments)")
        }
        for (name, arguments) in [
            ("weather", "{}"), ("weather", #"{"city":"Oslo","days":10}"#), ("count", #"{"count":3}"#), ("count", "{}"),
            ("count", "[]"), ("now", #"{"a":1}"#), ("then", "{}"), ("weather", #"{"count":"few"}"#),
        ] {
            let isMatched = matcher.matches("! " + call(name, arguments) + "<|end|>")
            #expect(!isMatched, "\(name) \(arguments)")
        }
        #expect(!matcher.matches("! <|end|>") && !matcher.matches(call("now", "{}")))
        #expect(!matcher.matches("! " + call("now", "{}") + "\n" + call("now", "{}") + "<|end|>"))
    }

    @Test func matchesSeveralCallsUpToTheLimit() throws {
        let matcher = try matcher(most: 3)
        for count in 1...4 {
            let calls = Array(repeating: call("now", "{}"), count: count).joined(separator: "\n")
            #expect(matcher.matches("! " + calls + "<|end|>") == (count <= 3))
        }
    }

    @Test func allowsAnAlternative() throws {
        let matcher = try matcher(alternative: ["type": "array", "items": ["type": "integer"]])
        #expect(matcher.matches("[1, 2]") && matcher.matches("! " + call("now", "{}") + "<|end|>"))
        #expect(!matcher.matches("[true]") && !matcher.matches("! [1]<|end|>"))
    }

    @Test func tellsWhichSchemaItCannotHoldTo() throws {
        var grammar = CallGrammar(Self.plain)
        try grammar.add(function: "good", parameters: ["type": "object"])
        do {
            try grammar.add(function: "bad", parameters: ["properties": ["a": ["not": true]]])
            Issue.record("the grammar of a negation")
        } catch {
            #expect(error.pointer == "#/properties/a")
        }
        let matcher = try GrammarMatcher(try grammar.text(most: 2))
        #expect(matcher.matches("good({})") && matcher.matches(#"good({"a":1});good({})"#))
        #expect(!matcher.matches("bad({})"))
    }

    @Test func refusesFunctionsThatTakeNoObject() throws {
        var grammar = CallGrammar(Self.plain)
        try grammar.add(function: "list", parameters: ["type": "array"])
        do {
            _ = try grammar.text(most: 1)
            Issue.record("a call with a list")
        } catch {
            #expect(error.kind == .impossible)
        }
    }
}
