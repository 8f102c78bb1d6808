import JSONBytes
import SchemaGrammar
import ServingModel

/// Says in messages what a template does not say of itself: which functions there are, how to call them, and which
/// calls were made.
struct ToolNarration {
    let traits: TemplateTraits
    /// How calls are written.
    let frame: CallConstraint.Frame

    /// - Parameter tools: the functions to tell of: objects with `type` and `function`; none, if the answer cannot be
    ///   read for calls.
    func narrate(_ messages: [JSONValue], tools: [JSONValue]) -> [JSONValue] {
        var narrated = messages
        if traits.callsReasoningThinking { narrated = narrated.map(withThinking) }
        if !traits.showsCalls { narrated = narrated.map(withCallsAsText) }
        if !traits.showsResults { narrated = narrated.map(withResultAsText) }
        if !traits.showsTools, !tools.isEmpty { tell(of: tools, in: &narrated) }
        return narrated
    }

    // MARK: Functions

    private func tell(of tools: [JSONValue], in messages: inout [JSONValue]) {
        let text = description(of: tools)
        let role = traits.showsSystem ? "system" : "user"
        if traits.showsSystem, Self.role(of: messages.first) != role {
            messages.insert(["role": .string(role), "content": .string(text)], at: 0)
            return
        }
        guard let at = messages.firstIndex(where: { Self.role(of: $0) == role }),
            case .object(var message) = messages[at], case .string(let content)? = message["content"]
        else {
            messages.insert(["role": .string(role), "content": .string(text)], at: 0)
            return
        }
        // Behind what a system message says, but before what a user asks.
        let parts = traits.showsSystem ? [content, text] : [text, content]
        message["content"] = .string(parts.filter { !$0.isEmpty }.joined(separator: "\n\n"))
        messages[at] = .object(message)
    }

    private func description(of tools: [JSONValue]) -> String {
        var text = "You can call these functions, each described by a line of JSON:\n"
        for case .object(let tool) in tools { text += (tool["function"] ?? .null).text + "\n" }
        let example = CallText(frame).text(of: [("NAME", JSONObject([("PARAMETER", "VALUE")]))])
        return text + "\nTo call a function, answer with nothing but its name and its arguments in this form:\n"
            + example
    }

    // MARK: Calls and results

    private func withCallsAsText(_ message: JSONValue) -> JSONValue {
        guard case .object(var object) = message, case .array(let calls)? = object["tool_calls"] else { return message }
        object["tool_calls"] = nil
        var made: [(String, JSONObject)] = []
        for case .object(let call) in calls {
            guard case .object(let function)? = call["function"], case .string(let name)? = function["name"] else {
                continue
            }
            made.append((name, Self.arguments(function["arguments"] ?? [:])))
        }
        let content = if case .string(let content)? = object["content"], !content.isEmpty { content + "\n" } else { "" }
        object["content"] = .string(content + CallText(frame).text(of: made))
        return .object(object)
    }

    /// Arguments that came as an object or as its text; a text that is none is told as what it is.
    private static func arguments(_ value: JSONValue) -> JSONObject {
        var value = value
        if case .string(let text) = value, let parsed = try? JSONValue(parsing: text) { value = parsed }
        if case .object(let object) = value { return object }
        return JSONObject([("arguments", value)])
    }

    /// The reasoning under another name, where nothing was said before the calls.
    private func withThinking(_ message: JSONValue) -> JSONValue {
        guard case .object(var object) = message, object["tool_calls"] != nil, object["content"] == "",
            let reasoning = object["reasoning_content"]
        else { return message }
        object["thinking"] = reasoning
        return .object(object)
    }

    private func withResultAsText(_ message: JSONValue) -> JSONValue {
        guard Self.role(of: message) == "tool", case .object(let object) = message,
            case .string(let content)? = object["content"]
        else { return message }
        let name = if case .string(let name)? = object["name"] { " of \(name)" } else { "" }
        return ["role": "user", "content": .string("The result\(name):\n\(content)")]
    }

    private static func role(of message: JSONValue?) -> String? {
        guard case .object(let object)? = message, case .string(let role)? = object["role"] else { return nil }
        return role
    }
}
