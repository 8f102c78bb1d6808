import JSONBytes
package import ServingModel

/// A request for embeddings, every field of it decoded or refused as `FieldTable` has it.
package struct EmbeddingsRequest: Sendable, Equatable {
    /// How a response writes vectors.
    package enum Encoding: String, Sendable, CaseIterable {
        case float
        case base64

        /// About how many bytes a value of a vector of length 1 takes, a comma included.
        var bytesPerValue: Int { self == .float ? 14 : 6 }
    }

    package let model: ModelID
    /// At least one; texts are not empty.
    package let inputs: [PromptInput]
    package let encoding: Encoding
    /// Nil keeps the model's. Whether it has so many is for `EmbeddingsResponse` to see.
    package let dimensions: Int?
    /// Whether text gets the tokenizer's special tokens.
    package let addsSpecialTokens: Bool

    /// Decodes a body. O(bytes). Throws a 400 that names the first field at fault.
    ///
    /// - Parameter engine: what serves the model; not `http`, whose requests go on as they came.
    package static func decode(
        _ body: [UInt8], limits: RequestLimits = RequestLimits(), engine: EngineKind = .embedded
    ) throws(APIError) -> EmbeddingsRequest {
        let fields = try FieldReader(parsing: body, of: .embeddings, for: engine, limits: limits)
        guard let model = try fields.nonEmptyString("model") else { throw .missing("model") }
        return EmbeddingsRequest(
            model: ModelID(model), inputs: try inputs(fields, limits: limits), encoding: try encoding(fields),
            dimensions: try fields.integer("dimensions", in: 1...limits.dimensions),
            addsSpecialTokens: try fields.bool("add_special_tokens") ?? true)
    }

    private static func inputs(_ fields: FieldReader, limits: RequestLimits) throws(APIError) -> [PromptInput] {
        guard let inputs = try PromptInput.decode(fields, "input") else { throw .missing("input") }
        guard inputs.count <= limits.embeddedInputs else {
            throw .wrongValue(
                "input", expected: "at most \(limits.embeddedInputs) inputs", got: "\(inputs.count)")
        }
        for (index, input) in inputs.enumerated() where input == .text("") {
            let param = fields.value("input") == "" ? "input" : "input[\(index)]"
            throw .wrongValue(param, expected: "a string that is not empty", got: "an empty string")
        }
        return inputs
    }

    private static func encoding(_ fields: FieldReader) throws(APIError) -> Encoding {
        guard let name = try fields.string("encoding_format") else { return .float }
        guard let encoding = Encoding(rawValue: name) else {
            throw .wrongValue(
                "encoding_format", expected: "\"float\" or \"base64\"", got: JSONValue.string(name).text)
        }
        return encoding
    }
}
