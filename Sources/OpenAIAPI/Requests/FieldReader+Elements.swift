import JSONBytes
import ServingModel

extension FieldReader {
    /// A member that must be there and be a name: letters, digits, underscores and hyphens.
    func identifier(_ name: String) throws(APIError) -> String {
        guard let identifier = try string(name) else { throw .missing(param(name)) }
        let isPlain = identifier.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isPlain, (1...64).contains(identifier.utf8.count) else {
            throw .wrongValue(
                param(name), expected: "1 to 64 letters, digits, underscores and hyphens",
                got: JSONValue.string(identifier).text)
        }
        return identifier
    }

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
        case .largeInteger: number = .infinity
        default: throw .wrongType(param, expected: "a number", got: value)
        }
        guard bounds.contains(number) else {
            let got = number.isFinite ? value.text : "a number beyond all bounds"
            throw .wrongValue(param, expected: bounds.phrase, got: got)
        }
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
        range == Int.min...Int.max
            ? "a 64-bit integer" : "an integer from \(range.lowerBound) to \(range.upperBound)"
    }
}
