import JSONBytes

/// The texts of requests that compare embeddings.
enum ScoredTexts {
    /// The texts of a field that is a string, or an array of strings and of objects with `text`: at least one, none of
    /// them empty; nil if the field is absent. Where the table knows no such objects, they are refused.
    static func decode(
        _ fields: FieldReader, _ name: String, limits: RequestLimits
    ) throws(APIError) -> [String]? {
        let param = fields.param(name)
        switch fields.value(name) {
        case nil: return nil
        case .string?: return [try text(fields, name)]
        case .array(let elements)?:
            guard (1...limits.embeddedInputs).contains(elements.count) else {
                throw .wrongValue(param, expected: "1 to \(limits.embeddedInputs) texts", got: "\(elements.count)")
            }
            var texts: [String] = []
            texts.reserveCapacity(elements.count)
            for (index, element) in elements.enumerated() {
                switch element {
                case .string(let text) where !text.isEmpty: texts.append(text)
                case .string:
                    throw .wrongValue(
                        "\(param)[\(index)]", expected: "a string that is not empty", got: "an empty string")
                case .object: texts.append(try text(try fields.element(element, of: name, at: index), "text"))
                default: throw .wrongType("\(param)[\(index)]", expected: "a string", got: element)
                }
            }
            return texts
        case let value?: throw .wrongType(param, expected: "a string or an array of strings", got: value)
        }
    }

    /// A member that must be there and have text.
    static func text(_ fields: FieldReader, _ name: String) throws(APIError) -> String {
        guard let text = try fields.nonEmptyString(name) else { throw .missing(fields.param(name)) }
        return text
    }
}
