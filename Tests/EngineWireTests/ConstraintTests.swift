import EngineWire
import JSONBytes
import ServingModel
import SwiftProtobuf
import Testing

/// The structural tags here were compiled and tried with xgrammar 0.2.8; what it takes of them stands in
/// docs/decisions/0101.
struct ConstraintTests {
    private static let hermes = CallConstraint.Frame(
        opening: "", beforeName: "<tool_call>\n{\"name\": \"", beforeArguments: "\", \"arguments\": ",
        afterArguments: "}\n</tool_call>", between: "\n", closing: "")
    private static let mistral = CallConstraint.Frame(
        opening: "[TOOL_CALLS][", beforeName: "{\"name\": \"", beforeArguments: "\", \"arguments\": ",
        afterArguments: "}", between: ", ", closing: "]")
    private static let reasoning = ConstraintTrigger.Aside(
        openings: [Array("<think>".utf8)], closings: [Array("</think>".utf8)], opensAnywhere: true, isOpen: false)

    /// Waits for a text that stands for itself.
    private static func trigger(_ text: String?, besides aside: ConstraintTrigger.Aside?) -> ConstraintTrigger {
        let openings = text.map { [ConstraintTrigger.Opening(text: Array($0.utf8), standsFor: Array($0.utf8))] }
        return ConstraintTrigger(openings: openings ?? [], aside: aside)
    }

    private static let hermesTag: JSONValue = [
        "type": "tag", "begin": "<tool_call>\n{\"name\": \"f\", \"arguments\": ",
        "content": ["type": "json_schema", "json_schema": ["type": "object", "required": ["a"]]],
        "end": "}\n</tool_call>",
    ]
    private static let mistralTags: JSONValue = [
        "type": "tags_with_separator",
        "tags": [
            [
                "type": "tag", "begin": "{\"name\": \"f\", \"arguments\": ",
                "content": ["type": "json_schema", "json_schema": ["type": "object", "required": ["a"]]], "end": "}",
            ]
        ],
        "separator": ", ", "at_least_one": true, "stop_after_first": true,
    ]

    private func calls(_ frame: CallConstraint.Frame, most: Int = 1) -> CallConstraint {
        let function = CallConstraint.Function(
            name: "f", parameters: #"{"type":"object","required":["a"]}"#, isStrict: true, field: "tools[0]")
        return CallConstraint(frame: frame, functions: [function], callsMax: most)
    }

    private func tag(
        _ constraint: OutputConstraint, from trigger: ConstraintTrigger? = nil
    ) throws -> JSONValue {
        var request = GenerationRequest(id: RequestID(1), prompt: [TokenID(1)], stop: StopConditions(maxTokens: 1))
        request.constraint = constraint
        request.constraintTrigger = trigger
        var bytes: [UInt8] = []
        try EngineDialect.vllm.appendGenerate(request, wireID: "a", endTokens: [], to: &bytes)
        let message = try VLLMGenerateRequest(serializedBytes: bytes)
        let value = try JSONValue(parsing: message.samplingParams.structuralTag)
        #expect(value.members["type"] == "structural_tag")
        return try #require(value.members["format"])
    }

    @Test func forcesOneCall() throws {
        let expected: JSONValue = [
            "type": "tags_with_separator", "tags": [Self.hermesTag], "separator": "\n", "at_least_one": true,
            "stop_after_first": true,
        ]
        #expect(try tag(.calls(calls(Self.hermes))) == expected)
    }

    @Test func putsTheFrameAroundCalls() throws {
        let expected: JSONValue = [
            "type": "sequence",
            "elements": [
                ["type": "const_string", "value": "[TOOL_CALLS]["], Self.mistralTags,
                ["type": "const_string", "value": "]"],
            ],
        ]
        #expect(try tag(.calls(calls(Self.mistral))) == expected)
    }

    @Test func allowsJSONInPlaceOfCalls() throws {
        var constraint = calls(Self.hermes, most: 16)
        constraint.functions[0].isStrict = false
        constraint.alternative = .jsonObject
        let value = try tag(.calls(constraint))
        #expect(value.members["type"] == "or")
        let elements = try #require(value.members["elements"]?.elements)
        #expect(elements[0].members["stop_after_first"] == false)
        #expect(
            elements[0].members["tags"]?.elements.first?.members["content"]
                == ["type": "json_schema", "json_schema": ["type": "object"]])
        #expect(elements[1] == ["type": "json_schema", "json_schema": ["type": "object"]])
    }

    @Test func leavesTextFreeUntilACallBegins() throws {
        let thought: JSONValue = [
            "type": "tag", "begin": "<think>", "content": ["type": "any_text"], "end": "</think>",
        ]
        let expected: JSONValue = [
            "type": "triggered_tags", "triggers": ["<tool_call>", "<think>"], "tags": [Self.hermesTag, thought],
            "at_least_one": false, "stop_after_first": false,
        ]
        let trigger = Self.trigger("<tool_call>", besides: Self.reasoning)
        #expect(try tag(.calls(calls(Self.hermes)), from: trigger) == expected)
        let list: JSONValue = ["type": "tag", "begin": "[TOOL_CALLS][", "content": Self.mistralTags, "end": "]"]
        let other: JSONValue = [
            "type": "triggered_tags", "triggers": ["[TOOL_CALLS]"], "tags": [list], "at_least_one": false,
            "stop_after_first": true,
        ]
        let opening = Self.trigger("[TOOL_CALLS]", besides: nil)
        #expect(try tag(.calls(calls(Self.mistral)), from: opening) == other)
    }

    /// Tags have no words for arguments that are no JSON, nor for an opening that stands for another.
    @Test func writesGrammarsWhereTagsHaveNoWords() throws {
        let frame = CallConstraint.Frame(
            opening: "[", beforeName: "", beforeArguments: "(", arguments: .python, afterArguments: ")", between: ", ",
            closing: "]")
        let forced = try tag(.calls(calls(frame)))
        #expect(forced.members["type"] == "grammar")
        #expect(forced.members["grammar"]?.string?.contains("root ::= \"[\"") == true)
        let alone = ConstraintTrigger.Opening(
            text: Array("{\"name".utf8), standsFor: Array("<tool_call>\n{\"name".utf8))
        let triggered = try tag(.calls(calls(Self.hermes)), from: ConstraintTrigger(openings: [alone], aside: nil))
        let begun = try #require(triggered.members["tags"]?.elements.first)
        #expect(begun.members["begin"] == "{\"name")
        #expect(begun.members["content"]?.members["grammar"]?.string?.contains("root ::= \"\\\": \\\"\"") == true)
    }

    @Test func waitsUntilReasoningHasEnded() throws {
        var open = Self.reasoning
        open.isOpen = true
        let value = try tag(.calls(calls(Self.hermes)), from: Self.trigger(nil, besides: open))
        let elements = try #require(value.members["elements"]?.elements)
        #expect(elements.count == 3)
        #expect(elements[0].members["begin"] == "")
        #expect(elements[0].members["end"] == "</think>")
        #expect(elements[1].members["type"] == "regex")
        let trigger = Self.trigger("<tool_call>", besides: open)
        let triggered = try tag(.calls(calls(Self.hermes)), from: trigger)
        #expect(triggered.members["elements"]?.elements.last?.members["type"] == "triggered_tags")
    }

    @Test func refusesWhatHasNoForm() {
        var request = GenerationRequest(id: RequestID(1), prompt: [TokenID(1)], stop: StopConditions(maxTokens: 1))
        var bytes: [UInt8] = []
        request.constraintTrigger = Self.trigger("<a><b>", besides: nil)
        var frame = Self.hermes
        frame.opening = "<a>"
        for constraint in [OutputConstraint.jsonObject, .calls(calls(frame))] {
            request.constraint = constraint
            for dialect in EngineDialect.allCases {
                #expect(throws: EngineError.self) {
                    try dialect.appendGenerate(request, wireID: "a", endTokens: [], to: &bytes)
                }
            }
        }
    }
}
