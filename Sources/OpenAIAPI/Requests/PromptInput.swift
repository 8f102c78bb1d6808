import JSONBytes
package import ServingModel

/// What a model is given to continue or to embed, apart from conversations.
package enum PromptInput: Sendable, Equatable {
    case text(String)
    /// At least one token; whether the vocabulary has them is for the caller to see.
    case tokens([TokenID])

    /// The inputs of a field that is a string, an array of token ids, or an array of such: at least one; nil if the
    /// field is absent. O(bytes).
    static func decode(_ fields: FieldReader, _ name: String) throws(APIError) -> [PromptInput]? {
        let param = fields.param(name)
        switch fields.value(name) {
        case nil: return nil
        case .string(let text)?: return [.text(text)]
        case .array(let elements)?:
            switch elements.first {
            case nil: throw .wrongValue(param, expected: "at least one \(name)", got: "an empty array")
            case .integer?: return [.tokens(try FieldReader.tokens(elements, param: param))]
            default: return try several(elements, param: param)
            }
        case let value?:
            throw .wrongType(param, expected: "a string, or an array of strings or token ids", got: value)
        }
    }

    private static func several(_ elements: [JSONValue], param: String) throws(APIError) -> [PromptInput] {
        var inputs: [PromptInput] = []
        inputs.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            let param = "\(param)[\(index)]"
            switch element {
            case .string(let text): inputs.append(.text(text))
            case .array(let ids):
                if ids.isEmpty { throw .wrongValue(param, expected: "at least one token id", got: "an empty array") }
                inputs.append(.tokens(try FieldReader.tokens(ids, param: param)))
            default: throw .wrongType(param, expected: "a string or an array of token ids", got: element)
            }
        }
        return inputs
    }
}
