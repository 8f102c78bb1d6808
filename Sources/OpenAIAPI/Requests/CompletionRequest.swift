package import ServingModel

/// A request for completions, every field of it decoded or refused as `FieldTable` has it.
package struct CompletionRequest: Sendable, Equatable {
    package typealias Prompt = PromptInput

    package let model: ModelID
    /// At least one; choice `c` of prompt `p` has the index `p * options.choices + c`.
    package let prompts: [Prompt]
    /// Whether text prompts get the tokenizer's special tokens.
    package let addsSpecialTokens: Bool
    /// The text that follows what is generated; never empty.
    package let suffix: String?
    /// Whether the text begins with the prompt.
    package let echoes: Bool
    package let options: GenerationOptions

    /// Decodes a body. O(bytes). Throws a 400 that names the first field at fault.
    ///
    /// - Parameter engine: what serves the model; not `http`, whose requests go on as they came.
    package static func decode(
        _ body: [UInt8], limits: RequestLimits = RequestLimits(), engine: EngineKind = .embedded,
        defaults: SamplingOptions = SamplingOptions()
    ) throws(APIError) -> CompletionRequest {
        let fields = try FieldReader(parsing: body, of: .completions, for: engine, limits: limits)
        guard let model = try fields.nonEmptyString("model") else { throw .missing("model") }
        guard let prompts = try PromptInput.decode(fields, "prompt") else { throw .missing("prompt") }
        let maxTokens = try fields.integer("max_tokens", in: 0...limits.tokens) ?? 16
        var options = try GenerationOptions(
            fields, maxTokens: maxTokens, defaults: defaults, limits: limits)
        options.topLogprobs = try fields.integer("logprobs", in: 0...limits.topLogprobs)
        if let best = try fields.integer("best_of", in: 1...limits.choices), best != options.choices {
            throw .invalid("best_of", "it must equal 'n', as nothing is generated to be thrown away")
        }
        guard prompts.count <= limits.sequences / options.choices else {
            throw .wrongValue(
                "prompt", expected: "at most \(limits.sequences) sequences (prompts times 'n')",
                got: "\(prompts.count) times \(options.choices)")
        }
        let echoes = try fields.bool("echo") ?? false
        let suffix = try fields.string("suffix").flatMap { $0.isEmpty ? nil : $0 }
        if echoes, suffix != nil { throw .invalid("suffix", "it cannot be given together with 'echo'") }
        try FieldTable.checkCombinations(options, echoes: echoes, for: engine)
        return CompletionRequest(
            model: ModelID(model), prompts: prompts,
            addsSpecialTokens: try fields.bool("add_special_tokens") ?? true,
            suffix: suffix, echoes: echoes, options: options)
    }
}
