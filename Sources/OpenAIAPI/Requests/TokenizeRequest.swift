package import ServingModel

/// A request for the tokens of a text or of a conversation, in vLLM's shape.
package struct TokenizeRequest: Sendable, Equatable {
    package enum Input: Sendable, Equatable {
        case text(String)
        case conversation(Conversation)
    }

    /// Nil stands for the default model.
    package let model: ModelID?
    package let input: Input
    package let addsSpecialTokens: Bool
    /// Whether the answer gives each token's text too.
    package let returnsTokenStrings: Bool

    /// Decodes a body. O(bytes). Throws a 400 that names the first field at fault.
    ///
    /// - Parameter arguments: how the model's template takes the arguments of earlier calls.
    package static func decode(
        _ body: [UInt8], arguments: ToolArgumentForm = .object, limits: RequestLimits = RequestLimits()
    ) throws(APIError) -> TokenizeRequest {
        let fields = try FieldReader(parsing: body, of: .tokenize, limits: limits)
        let model = try fields.nonEmptyString("model").map(ModelID.init)
        let input = try input(fields, arguments: arguments, limits: limits)
        let isText = if case .text = input { true } else { false }
        return TokenizeRequest(
            model: model, input: input,
            addsSpecialTokens: try fields.bool("add_special_tokens") ?? isText,
            returnsTokenStrings: try fields.bool("return_token_strs") ?? false)
    }

    private static func input(
        _ fields: FieldReader, arguments: ToolArgumentForm, limits: RequestLimits
    ) throws(APIError) -> Input {
        let prompt = try fields.string("prompt")
        let tools = try FunctionTool.decode(fields, limits: limits)
        let conversation = try Conversation(fields, tools: tools, arguments: arguments, limits: limits)
        switch (prompt, conversation) {
        case (nil, nil): throw .missing("prompt")
        case (nil, let conversation?): return .conversation(conversation)
        case (.some, .some): throw .invalid("prompt", "it cannot be given together with 'messages'")
        case (let prompt?, nil):
            for name in ["add_generation_prompt", "chat_template_kwargs", "tools"] where fields.value(name) != nil {
                throw .invalid(name, "it is only allowed with 'messages'")
            }
            return .text(prompt)
        }
    }
}
