import JSONBytes

/// A number as its decimal digits, exact.
struct Decimal: Equatable {
    var isNegative = false
    /// The integer part without leading zeros; empty for 0.
    var whole: [UInt8] = []
    /// The fraction without trailing zeros.
    var fraction: [UInt8] = []

    var isZero: Bool { whole.isEmpty && fraction.isEmpty }

    /// The number of a JSON value; nil if it is none.
    init?(_ value: JSONValue) {
        let text: String
        switch value {
        case .integer(let value): text = String(value)
        case .largeInteger(let digits): text = digits
        case .double(let value) where value.isFinite: text = "\(value)"
        default: return nil
        }
        let parts = text.lowercased().split(separator: "e")
        let mantissa = parts[0].drop { $0 == "-" }.split(separator: ".", omittingEmptySubsequences: false)
        let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        var digits = mantissa.joined().utf8.map { $0 - 48 }
        var point = mantissa[0].utf8.count + exponent
        if point < 0 {
            digits.insert(contentsOf: repeatElement(0, count: -point), at: 0)
            point = 0
        }
        if point > digits.count { digits += repeatElement(0, count: point - digits.count) }
        whole = Array(digits[..<point].drop { $0 == 0 })
        fraction = Array(digits[point...])
        while fraction.last == 0 { fraction.removeLast() }
        isNegative = text.hasPrefix("-") && !isZero
    }

    /// Zero.
    init() {}

    /// Whether the magnitude is less than another's.
    func isLess(inMagnitudeThan other: Decimal) -> Bool {
        if whole.count != other.whole.count { return whole.count < other.whole.count }
        if whole != other.whole { return whole.lexicographicallyPrecedes(other.whole) }
        return fraction.lexicographicallyPrecedes(other.fraction)
    }
}

extension Decimal: Comparable {
    static func < (left: Decimal, right: Decimal) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        return left.isNegative ? right.isLess(inMagnitudeThan: left) : left.isLess(inMagnitudeThan: right)
    }
}
