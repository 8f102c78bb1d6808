/// Python's text of a float.
enum PythonFloat {
    /// `repr(value)`: the shortest digits that give the same value, with an exponent below 1e-4 and from 1e16 on.
    static func repr(_ value: Double) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        let (digits, exponent) = shortest(value.magnitude)
        let sign = value.sign == .minus ? "-" : ""
        if value == 0 { return sign + "0.0" }
        if exponent < -4 || exponent >= 16 {
            let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
            let size = String(exponent.magnitude)
            return
                "\(sign)\(digits.prefix(1))\(fraction)e\(exponent < 0 ? "-" : "+")\(size.count < 2 ? "0" : "")\(size)"
        }
        if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits }
        if digits.count <= exponent + 1 {
            return sign + digits + String(repeating: "0", count: exponent + 1 - digits.count) + ".0"
        }
        return sign + digits.prefix(exponent + 1) + "." + digits.dropFirst(exponent + 1)
    }

    /// The shortest digits, without zeros at the end, and the decimal exponent of the first.
    private static func shortest(_ value: Double) -> (digits: String, exponent: Int) {
        let description = "\(value)"
        let parts = description.split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let whole = String(mantissa[0])
        let fraction = mantissa.count > 1 ? String(mantissa[1]) : ""
        var exponent = whole.count - 1 + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        var digits = Substring(whole + fraction)
        while digits.count > 1, digits.first == "0" {
            digits = digits.dropFirst()
            exponent -= 1
        }
        while digits.count > 1, digits.last == "0" { digits = digits.dropLast() }
        return (String(digits), exponent)
    }

    /// `float(text)`; nil where Python would raise an error.
    static func parse(_ text: Text) -> Double? {
        let stripped = text.stripped(of: nil, start: true, end: true).string
        guard let digits = withoutUnderscores(stripped), !digits.isEmpty else { return nil }
        let lower = digits.lowercased()
        let magnitude = lower.drop { $0 == "+" || $0 == "-" }
        if ["inf", "infinity", "nan"].contains(magnitude) {
            return Double(lower)
        }
        guard digits.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }) else { return nil }
        if let value = Double(digits) { return value }
        // Python takes "1." and ".5".
        return Double(digits.hasSuffix(".") ? digits + "0" : digits)
    }

    /// The digits without single underscores between them; nil if underscores stand elsewhere.
    static func withoutUnderscores(_ digits: String) -> String? {
        guard digits.utf8.contains(UInt8(ascii: "_")) else { return digits }
        let parts = digits.split(separator: "_", omittingEmptySubsequences: false)
        let isSound =
            parts.allSatisfy { !$0.isEmpty }
            && zip(parts, parts.dropFirst()).allSatisfy {
                ($0.last?.isNumber ?? false) && ($1.first?.isNumber ?? false)
            }
        return isSound ? parts.joined() : nil
    }
}
