import JSONBytes
package import ServingModel

/// A request for completions, every field of it decoded or refused as `FieldTable` has it.
package struct CompletionRequest: Sendable, Equatable {
    package enum Prompt: Sendable, Equatable {
        case text(String)
        /// At least one token; whether the vocabulary has them is for the caller to see.
        case tokens([TokenID])
    }

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
    package static func decode(
        _ body: [UInt8], limits: RequestLimits = RequestLimits()
    ) throws(APIError) -> CompletionRequest {
        let fields = try FieldReader(parsing: body, of: .completions, limits: limits)
        guard let model = try fields.nonEmptyString("model") else { throw .missing("model") }
        let prompts = try prompts(fields)
        let maxTokens = try fields.integer("max_tokens", in: 0...limits.tokens) ?? 16
        var options = try GenerationOptions(fields, maxTokens: maxTokens, limits: limits)
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
        return CompletionRequest(
            model: ModelID(model), prompts: prompts,
            addsSpecialTokens: try fields.bool("add_special_tokens") ?? true,
            suffix: suffix, echoes: echoes, options: options)
    }

    private static func prompts(_ fields: FieldReader) throws(APIError) -> [Prompt] {
        switch fields.value("prompt") {
        case nil: throw .missing("prompt")
        case .string(let text)?: return [.text(text)]
        case .array(let elements)?:
            switch elements.first {
            case nil: throw .wrongValue("prompt", expected: "at least one prompt", got: "an empty array")
            case .integer?: return [.tokens(try FieldReader.tokens(elements, param: "prompt"))]
            default: return try severalPrompts(elements)
            }
        case let value?:
            throw .wrongType("prompt", expected: "a string, or an array of strings or token ids", got: value)
        }
    }

    private static func severalPrompts(_ elements: [JSONValue]) throws(APIError) -> [Prompt] {
        var prompts: [Prompt] = []
        for (index, element) in elements.enumerated() {
            let param = "prompt[\(index)]"
            switch element {
            case .string(let text): prompts.append(.text(text))
            case .array(let ids):
                if ids.isEmpty { throw .wrongValue(param, expected: "at least one token id", got: "an empty array") }
                prompts.append(.tokens(try FieldReader.tokens(ids, param: param)))
            default: throw .wrongType(param, expected: "a string or an array of token ids", got: element)
            }
        }
        return prompts
    }
}
