package import JSONBytes

/// What a chat template is given.
package struct Conversation: Sendable, Equatable {
    /// Objects with at least `role` and `content`, both strings; never empty.
    package let messages: [JSONValue]
    /// Further variables of the template.
    package let templateArguments: JSONObject
    /// Whether the prompt ends with the beginning of the model's answer.
    package let addsGenerationPrompt: Bool

    /// Nil if the request has no messages.
    init?(_ fields: FieldReader, limits: RequestLimits) throws(APIError) {
        guard let messages = try ChatMessages.decode(fields, limits: limits) else { return nil }
        self.messages = messages
        templateArguments = try fields.freeObject("chat_template_kwargs") ?? JSONObject()
        addsGenerationPrompt = try fields.bool("add_generation_prompt") ?? true
    }
}
