package import JSONBytes

/// What a chat template is given.
package struct Conversation: Sendable, Equatable {
    /// Objects with at least `role` and `content`, both strings; never empty.
    package let messages: [JSONValue]
    /// The functions that the model is told of: objects with `type` and `function`.
    package let tools: [JSONValue]
    /// Further variables of the template.
    package internal(set) var templateArguments: JSONObject
    /// Whether the prompt ends with the beginning of the model's answer.
    package let addsGenerationPrompt: Bool

    /// Nil if the request has no messages.
    init?(
        _ fields: FieldReader, tools: [FunctionTool], arguments: ToolArgumentForm, limits: RequestLimits
    ) throws(APIError) {
        guard let messages = try ChatMessages.decode(fields, arguments: arguments, limits: limits) else { return nil }
        self.messages = messages
        self.tools = tools.map(\.description)
        templateArguments = try Self.templateArguments(fields)
        addsGenerationPrompt = try fields.bool("add_generation_prompt") ?? true
    }

    /// Variables that come from fields of their own, which decide on them.
    private static let ownVariables: Set<String> = [
        "messages", "tools", "add_generation_prompt", "continue_final_message", "chat_template", "tokenize",
    ]

    private static func templateArguments(_ fields: FieldReader) throws(APIError) -> JSONObject {
        guard let arguments = try fields.freeObject("chat_template_kwargs") else { return JSONObject() }
        for name in arguments.keys where ownVariables.contains(name) {
            throw .invalid(fields.param("chat_template_kwargs") + "." + name, "it is not a variable of the client's")
        }
        return arguments
    }
}
