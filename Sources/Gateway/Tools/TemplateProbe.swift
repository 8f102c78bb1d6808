import ChatTemplates
import JSONBytes
import OpenAIAPI

/// Renders conversations whose parts have names that no template has of its own.
struct TemplateProbe {
    let template: ChatTemplate
    let trusted: [String: String]

    static let functionName = "probe_function"
    static let systemText = "probe system"
    static let resultText = "probe result"
    static let longID = "call_0123456789abcdef"
    static let shortID = "abcdef123"
    private static let argumentName = "probe_argument"
    private static let reasoningText = "probe reasoning"

    static let system: JSONValue = ["role": "system", "content": .string(systemText)]
    static let user: JSONValue = ["role": "user", "content": "probe question"]

    private static let tools: JSONValue = [
        [
            "type": "function",
            "function": [
                "name": .string(functionName), "description": "Probes.",
                "parameters": [
                    "type": "object", "properties": ["probe_parameter": ["type": "string", "description": "A text."]],
                    "required": ["probe_parameter"],
                ],
            ],
        ]
    ]

    static func result(id: String?) -> JSONValue {
        var message: JSONObject = JSONObject([
            ("role", "tool"), ("content", .string(resultText)), ("name", .string(functionName)),
        ])
        message["tool_call_id"] = id.map(JSONValue.string)
        return .object(message)
    }

    /// A question, a call, and its result.
    private static func exchange(
        id: String, form: ToolArgumentForm, reasoningNames: [String] = []
    ) -> [JSONValue] {
        let arguments: JSONValue = [argumentName: "probe value"]
        let function: JSONValue = [
            "name": .string(functionName), "arguments": form == .object ? arguments : .string(arguments.text),
        ]
        var message = JSONObject([("role", "assistant"), ("content", "")])
        for name in reasoningNames { message[name] = .string(reasoningText) }
        message["tool_calls"] = [["id": .string(id), "type": "function", "function": function]]
        return [user, .object(message), result(id: id)]
    }

    func shows(_ text: String, _ messages: [JSONValue], tools: Bool = false) -> Bool {
        render(messages, tools: tools)?.contains(text) ?? false
    }

    /// Whether a call comes out with its arguments, neither in Python's spelling nor quoted twice.
    func showsCall(id: String, form: ToolArgumentForm) -> Bool {
        let messages = Self.exchange(id: id, form: form)
        guard let text = render(messages, tools: true), text.contains(Self.argumentName) else { return false }
        switch form {
        case .object: return !text.contains("'\(Self.argumentName)'")
        case .text: return !text.contains("\\\"\(Self.argumentName)")
        }
    }

    func showsResult(id: String, form: ToolArgumentForm) -> Bool {
        shows(Self.resultText, Self.exchange(id: id, form: form), tools: true)
    }

    func showsReasoning(under names: [String], id: String, form: ToolArgumentForm) -> Bool {
        shows(Self.reasoningText, Self.exchange(id: id, form: form, reasoningNames: names), tools: true)
    }

    private func render(_ messages: [JSONValue], tools: Bool) -> String? {
        var variables = JSONObject()
        variables["messages"] = .array(messages)
        variables["tools"] = tools ? Self.tools : .null
        variables["add_generation_prompt"] = true
        let context = TemplateContext(variables: variables, trusted: trusted, now: WallClock.templateDate)
        return try? template.render(context).text
    }
}
