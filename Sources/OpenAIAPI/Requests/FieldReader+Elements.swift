import JSONBytes
import ServingModel

/// The numbers that a field may have.
struct NumberBounds {
    let lower: Float
    let upper: Float
    /// Whether `lower` itself is not allowed.
    let excludesLower: Bool

    static func from(_ lower: Float, to upper: Float) -> NumberBounds {
        NumberBounds(lower: lower, upper: upper, excludesLower: false)
    }

    static func above(_ lower: Float, to upper: Float) -> NumberBounds {
        NumberBounds(lower: lower, upper: upper, excludesLower: true)
    }

    func contains(_ value: Float) -> Bool {
        value <= upper && (excludesLower ? value > lower : value >= lower)
    }

    /// The bounds as an error gives them.
    var phrase: String {
        let (low, high) = (JSONText.number(lower), JSONText.number(upper))
        return excludesLower ? "a number greater than \(low) and at most \(high)" : "a number from \(low) to \(high)"
    }
}

/// The text of numbers in errors.
enum JSONText {
    /// A number without a fraction if it has none.
    static func number(_ value: Float) -> String {
        value == value.rounded() && abs(value) < 1e6 ? "\(Int(value))" : "\(value)"
    }
}

extension FieldReader {
    static func integer(_ value: JSONValue, param: String, in range: ClosedRange<Int>) throws(APIError) -> Int {
        switch value {
        case .integer(let integer) where range.contains(integer): return integer
        case .integer, .largeInteger:
            throw .wrongValue(param, expected: phrase(of: range), got: value.text)
        default: throw .wrongType(param, expected: "an integer", got: value)
        }
    }

    static func number(_ value: JSONValue, param: String, in bounds: NumberBounds) throws(APIError) -> Float {
        let number: Float
        switch value {
        case .integer(let integer): number = Float(integer)
        case .double(let double): number = Float(double)
        case .largeInteger: throw .wrongValue(param, expected: bounds.phrase, got: value.text)
        default: throw .wrongType(param, expected: "a number", got: value)
        }
        guard bounds.contains(number) else { throw .wrongValue(param, expected: bounds.phrase, got: value.text) }
        return number
    }

    /// The token ids of an array; `param` is the array's path.
    static func tokens(_ elements: [JSONValue], param: String) throws(APIError) -> [TokenID] {
        var tokens: [TokenID] = []
        tokens.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            // The path is only built for an error: prompts have thousands of tokens.
            if case .integer(let id) = element, let id = Int32(exactly: id), id >= 0 {
                tokens.append(TokenID(id))
            } else {
                _ = try integer(element, param: "\(param)[\(index)]", in: 0...Int(Int32.max))
            }
        }
        return tokens
    }

    private static func phrase(of range: ClosedRange<Int>) -> String {
        if range.upperBound == .max {
            return range.lowerBound == .min ? "a 64-bit integer" : "an integer of at least \(range.lowerBound)"
        }
        return "an integer from \(range.lowerBound) to \(range.upperBound)"
    }
}
