package import ServingModel

/// A request for the text of tokens, in vLLM's shape.
package struct DetokenizeRequest: Sendable, Equatable {
    /// Nil stands for the default model.
    package let model: ModelID?
    /// Whether the vocabulary has them is for the caller to see.
    package let tokens: [TokenID]

    /// Decodes a body. O(bytes). Throws a 400 that names the first field at fault.
    package static func decode(
        _ body: [UInt8], limits: RequestLimits = RequestLimits()
    ) throws(APIError) -> DetokenizeRequest {
        let fields = try FieldReader(parsing: body, of: .detokenize, limits: limits)
        let model = try fields.nonEmptyString("model").map(ModelID.init)
        guard let elements = try fields.array("tokens") else { throw .missing("tokens") }
        return DetokenizeRequest(model: model, tokens: try FieldReader.tokens(elements, param: "tokens"))
    }
}
