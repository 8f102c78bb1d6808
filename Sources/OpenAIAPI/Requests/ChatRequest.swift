package import ServingModel

/// A request for chat completions, every field of it decoded or refused as `FieldTable` has it.
package struct ChatRequest: Sendable, Equatable {
    package let model: ModelID
    package let conversation: Conversation
    package let options: GenerationOptions
    /// Nil if the answer may call nothing; the model is told of no functions then.
    package let toolUse: ToolUse?
    package let reasoning: ReasoningDelivery

    /// Decodes a body. O(bytes). Throws a 400 that names the first field at fault.
    ///
    /// - Parameters:
    ///   - arguments: how the model's template takes the arguments of earlier calls.
    ///   - engine: what serves the model; not `http`, whose requests go on as they came.
    package static func decode(
        _ body: [UInt8], arguments: ToolArgumentForm = .object, limits: RequestLimits = RequestLimits(),
        engine: EngineKind = .embedded,
        defaults: SamplingOptions = SamplingOptions()
    ) throws(APIError) -> ChatRequest {
        let fields = try FieldReader(parsing: body, of: .chatCompletions, for: engine, limits: limits)
        guard let model = try fields.nonEmptyString("model") else { throw .missing("model") }
        let tools = try FunctionTool.decode(fields, limits: limits)
        let toolUse = try ToolUse(fields, tools: tools)
        guard
            var conversation = try Conversation(
                fields, tools: toolUse == nil ? [] : tools, arguments: arguments, limits: limits)
        else { throw .missing("messages") }
        try ReasoningEffort(fields)?.apply(to: &conversation.templateArguments)
        var options = try GenerationOptions(
            fields, maxTokens: try maxTokens(fields, limits: limits), defaults: defaults, limits: limits)
        options.topLogprobs = try topLogprobs(fields, limits: limits)
        try FieldTable.checkCombinations(options, for: engine)
        return ChatRequest(
            model: ModelID(model), conversation: conversation, options: options, toolUse: toolUse,
            reasoning: try ReasoningDelivery(fields))
    }

    private static func maxTokens(_ fields: FieldReader, limits: RequestLimits) throws(APIError) -> Int? {
        let newer = try fields.integer("max_completion_tokens", in: 1...limits.tokens)
        let older = try fields.integer("max_tokens", in: 1...limits.tokens)
        if let newer, let older, newer != older {
            throw .invalid("max_tokens", "it differs from 'max_completion_tokens'; give one of them")
        }
        return newer ?? older
    }

    private static func topLogprobs(_ fields: FieldReader, limits: RequestLimits) throws(APIError) -> Int? {
        let isAsked = try fields.bool("logprobs") ?? false
        let top = try fields.integer("top_logprobs", in: 0...limits.topLogprobs)
        guard isAsked else {
            if top ?? 0 > 0 { throw .invalid("top_logprobs", "it is only allowed when 'logprobs' is true") }
            return nil
        }
        return top ?? 0
    }
}
