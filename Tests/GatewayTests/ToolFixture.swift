import ChatTemplates
import JSONBytes
import OpenAIAPI
import OutputParsing
import ServingModel
import ServingTesting
import Testing
import Tokenization

/// What the tests of tools and reasoning have in common.
enum ToolFixture {
    static let weather =
        #"{"type":"function","function":{"name":"weather","description":"The weather.","parameters":{"type":"object","#
        + #""properties":{"city":{"type":"string"}},"required":["city"]}}}"#
    static let strictWeather = weather.replacing(#""name""#, with: #""strict":true,"name""#)
    static let clock =
        #"{"type":"function","function":{"name":"clock","parameters":{"type":"object","properties":{}}}}"#
    static let tools = #","tools":[\#(weather),\#(clock)]"#
    static let forced = tools + #","tool_choice":"required""#

    /// What a model that writes as `hermes` does is asked to say.
    static let answer =
        "<think>\nOslo, then.\n</think>\n\nI look.\n" + call("weather", #"{"city": "Oslo"}"#) + "\n"
        + call("clock", "{}")

    static func call(_ name: String, _ arguments: String) -> String {
        "<tool_call>\n{\"name\": \"\(name)\", \"arguments\": \(arguments)}\n</tool_call>"
    }

    static func script(_ text: String, end: FinishReason = .stop(TinyVocabulary.turnEnd)) -> Script {
        Script(tokens: [TinyVocabulary.tokens(text)], end: end)
    }

    static func gateway(_ text: String..., end: FinishReason = .stop(TinyVocabulary.turnEnd)) -> GatewayFixture {
        GatewayFixture([Script(tokens: text.map(TinyVocabulary.tokens), end: end)], format: .named("hermes"))
    }

    /// The text of a prompt, control tokens by their names.
    static func text(of prompt: [TokenID]) -> String {
        let vocabulary = TinyVocabulary.tokenizer.vocabulary
        return String(decoding: prompt.flatMap { vocabulary.bytes(of: $0) }, as: UTF8.self)
    }

    /// The calls that a request is held to.
    static func calls(_ constraint: OutputConstraint?) throws -> CallConstraint {
        guard case .calls(let calls)? = constraint else { throw HTTPAnswer.Malformed("no calls: \(constraint as Any)") }
        return calls
    }

    /// The message that a stream's chunks add up to, as the official client adds them up, with its finish reason.
    static func joined(_ answer: HTTPAnswer, choice index: Int = 0) throws -> (message: JSONValue, end: JSONValue?) {
        var message = JSONObject()
        var calls: [JSONObject] = []
        var end: JSONValue?
        for event in try answer.events where event != "[DONE]" {
            let chunk = try JSONValue(parsing: event)
            guard chunk["choices.0.index"] == .integer(index), case .object(let delta)? = chunk["choices.0.delta"]
            else { continue }
            if let reason = chunk["choices.0.finish_reason"], reason != .null { end = reason }
            for (name, value) in delta {
                switch (name, value, message[name]) {
                case ("tool_calls", .array(let parts), _): for part in parts { add(part, to: &calls) }
                case (_, .string(let text), .string(let before)?): message[name] = .string(before + text)
                default: message[name] = value
                }
            }
        }
        if !calls.isEmpty { message["tool_calls"] = .array(calls.map(JSONValue.object)) }
        return (.object(message), end)
    }

    private static func add(_ part: JSONValue, to calls: inout [JSONObject]) {
        guard case .object(var call) = part, case .integer(let index)? = call["index"] else { return }
        call["index"] = nil
        if index == calls.count { return calls.append(call) }
        guard calls.indices.contains(index), case .object(var function)? = calls[index]["function"],
            case .string(let before)? = function["arguments"], case .string(let text)? = part["function.arguments"]
        else { return }
        function["arguments"] = .string(before + text)
        calls[index]["function"] = .object(function)
    }
}
