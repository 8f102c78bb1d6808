import ChatTemplates
import JSONBytes
import OutputParsing
import Testing

/// What a template writes of an assistant's message into a history is what its model writes: parsed, it must give the
/// message back.
@Suite(.enabled(if: Templates.areThere, "run scripts/setup first: it unpacks the templates"))
struct RoundTripTests {
    /// A message of an assistant, and what it says.
    private struct Message {
        var reasoning: String?
        var content: String
        var calls: [(name: String, arguments: JSONValue)]

        /// The message in the ways that templates want it: arguments as an object or as text, no content as none.
        var variants: [JSONValue] {
            [(false, false), (true, false), (false, true), (true, true)].map { asText, isNull in
                var message: JSONObject = JSONObject([("role", "assistant")])
                message["content"] = content.isEmpty && isNull ? .null : .string(content)
                if let reasoning { message["reasoning_content"] = .string(reasoning) }
                let calls: [JSONValue] = calls.enumerated().map { index, call in
                    let arguments = asText ? JSONValue.string(call.arguments.text) : call.arguments
                    return [
                        "id": .string("00000000\(index)"), "type": "function",
                        "function": ["name": .string(call.name), "arguments": arguments],
                    ]
                }
                if !calls.isEmpty { message["tool_calls"] = .array(calls) }
                return .object(message)
            }
        }
    }

    private static let weather: JSONValue = [
        "city": "Zürich \"x\" <b>\\ 🎉\n second", "days": 3, "opts": ["a": [1, true, 2.5], "b": "'"], "dry": false,
    ]
    private static let weatherParameters: JSONValue = [
        "type": "object",
        "properties": [
            "city": ["type": "string"], "days": ["type": "integer"],
            "opts": ["type": "object", "additionalProperties": ["type": "string"]], "dry": ["type": "boolean"],
        ], "required": ["city"],
    ]
    private static let noParameters: JSONValue = ["type": "object", "properties": [:]]
    private static let tools: JSONValue = [
        [
            "type": "function",
            "function": ["name": "get_weather", "description": "W", "parameters": weatherParameters],
        ],
        ["type": "function", "function": ["name": "now", "description": "N", "parameters": noParameters]],
    ]
    private static let signatures = [
        ToolSignature(name: Array("get_weather".utf8), parameters: weatherParameters),
        ToolSignature(name: Array("now".utf8), parameters: noParameters),
    ]

    private static let messages: [Message] = [
        Message(reasoning: "RRR", content: "CCC", calls: [("get_weather", weather), ("now", [:])]),
        Message(reasoning: nil, content: "CCC", calls: [("get_weather", weather)]),
        Message(reasoning: "RRR", content: "", calls: [("now", [:])]),
        Message(reasoning: nil, content: "", calls: [("now", [:]), ("get_weather", weather)]),
        Message(reasoning: nil, content: "", calls: [("get_weather", weather)]),
        Message(reasoning: "RRR", content: "CCC", calls: []),
    ]

    @Test func givesBackWhatTemplatesWrite() throws {
        var (turns, calls) = (0, 0)
        for file in try Templates.names() {
            let source = try Templates.source(file)
            guard let format = OutputFormat.choose(template: source, modelName: nil, architecture: nil) else {
                continue
            }
            let template = try ChatTemplate(source: source)
            for (index, message) in Self.messages.enumerated() {
                for thinks in [false, true] {
                    let found = message.variants.lazy.compactMap {
                        Templates.turn(template, answer: $0, tools: Self.tools, thinks: thinks)
                    }.first
                    guard let turn = found else { continue }
                    let parsed = Parsed(
                        [Array(turn.answer.utf8)], format: format, promptTail: turn.promptTail, tools: Self.signatures)
                    check(parsed, message, turn, "\(file), message \(index), thinks \(thinks), \(format.name)")
                    let split = Parsed(
                        turn.answer.utf8.map { [$0] }, format: format, promptTail: turn.promptTail,
                        tools: Self.signatures)
                    #expect(split == parsed, "\(file), message \(index): byte by byte")
                    turns += 1
                    calls += parsed.calls.count
                }
            }
        }
        print("\(turns) turns with \(calls) calls came back from the templates")
        #expect(turns > 400 && calls > 300)
    }

    private func check(_ parsed: Parsed, _ message: Message, _ turn: Templates.Turn, _ note: String) {
        let comment = Comment(
            rawValue: "\(note)\n\(turn.promptTail.debugDescription) | \(turn.answer.debugDescription)")
        // A template may leave out what its model would not write: reasoning of earlier turns, text beside calls, all
        // calls but the first.
        let expected = message.calls.filter { turn.answer.contains($0.name) }
        let isText = expected.isEmpty
        // gpt-oss' template writes the text beside calls as reasoning.
        let isAnalysis = turn.answer.contains("analysis<|message|>CCC")
        let isReasoning = turn.promptTail.hasSuffix("<think>\n") && !turn.answer.contains("</think>")
        // White space around a whole answer is the answer's own; templates put some around it.
        let content = parsed.content.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let reasoning = turn.answer.contains("RRR") ? "RRR" : isAnalysis || isReasoning ? "CCC" : ""
        #expect(content == (turn.answer.contains("CCC") && !isAnalysis && !isReasoning ? "CCC" : ""), comment)
        #expect(parsed.reasoning == reasoning, comment)
        #expect(parsed.calls.map(\.name) == expected.map(\.name), comment)
        #expect(parsed.ending == (isText ? .text : .toolCalls(expected.count)), comment)
        for (call, original) in zip(parsed.calls, expected) {
            #expect((try? JSONValue(parsing: call.arguments)) == original.arguments, "\(call.arguments) \(comment)")
        }
    }
}
