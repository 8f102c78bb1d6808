/// What becomes of the reasoning before an answer.
package enum ReasoningDelivery: Sendable {
    /// It stands beside the content.
    case separate
    /// It is left out.
    case omitted
    /// It stays in the content as the model wrote it.
    case inContent

    init(_ fields: FieldReader) throws(APIError) {
        let isIncluded = try fields.bool("include_reasoning") ?? true
        let isSeparate = try fields.bool("separate_reasoning") ?? true
        switch (isIncluded, isSeparate) {
        case (true, true): self = .separate
        case (false, true): self = .omitted
        case (true, false): self = .inContent
        case (false, false):
            throw .invalid(
                fields.param("include_reasoning"), "reasoning that is not separated cannot be left out")
        }
    }
}
