/// Python's integers from text, and their rounding.
enum PythonInteger {
    /// `int(text, base)`; nil where Python would raise a value error, or outside 64 bits.
    static func parse(_ text: Text, base: Int) -> Int? {
        guard base == 0 || (2...36).contains(base) else { return nil }
        var digits = Substring(text.stripped(of: nil, start: true, end: true).string)
        var sign = ""
        if let first = digits.first, first == "-" || first == "+" {
            sign = first == "-" ? "-" : ""
            digits = digits.dropFirst()
        }
        var base = base
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)]
        where (base == 0 || base == radix) && digits.lowercased().hasPrefix(prefix) {
            digits = digits.dropFirst(2)
            base = radix
            if digits.first == "_" { digits = digits.dropFirst() }
        }
        guard let clean = PythonFloat.withoutUnderscores(String(digits)), clean.first != "-", clean.first != "+" else {
            return nil
        }
        if base == 0 {
            guard clean.first != "0" || clean.allSatisfy({ $0 == "0" }) else { return nil }
            base = 10
        }
        return Int(sign + clean, radix: base)
    }

    /// The nearest multiple of a power of ten, halves to the even one; nil outside 64 bits.
    static func rounded(_ value: Int, toPowerOfTen power: Int) -> Int? {
        guard power <= 18 else { return 0 }
        let unit = (0..<power).reduce(1) { unit, _ in unit * 10 }
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: unit)
        let twice = remainder.magnitude * 2
        let isUp = twice > unit || twice == unit && quotient & 1 == 1
        let (result, overflow) = (quotient + (isUp ? value.signum() : 0)).multipliedReportingOverflow(by: unit)
        return overflow ? nil : result
    }
}
