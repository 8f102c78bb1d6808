extension Renderer {
    /// Pads `text` to the specification's width.
    mutating func pad(
        _ text: Text, _ specification: FormatSpecification, default alignment: FormatSpecification.Alignment,
        signLength: Int = 0
    ) throws(TemplateError) -> Text {
        let missing = specification.width - CodePoints.count(text.bytes)
        guard missing > 0 else { return text }
        try chargeText(specification.width)
        var builder = TextBuilder()
        let before: Int
        switch specification.alignment ?? alignment {
        case .left: before = 0
        case .right: before = missing
        case .center: before = missing / 2
        case .afterSign:
            builder.append(text, 0..<signLength)
            for _ in 0..<missing { builder.append(specification.fill) }
            builder.append(text, signLength..<text.bytes.count)
            return builder.finish()
        }
        for _ in 0..<before { builder.append(specification.fill) }
        builder.append(text)
        for _ in before..<missing { builder.append(specification.fill) }
        return builder.finish()
    }

    mutating func formatInteger(
        _ value: Int, _ specification: FormatSpecification
    ) throws(TemplateError) -> Text {
        var digits: String
        var prefix = ""
        switch specification.type ?? UInt8(ascii: "d") {
        case UInt8(ascii: "d"), UInt8(ascii: "n"), UInt8(ascii: "i"), UInt8(ascii: "u"):
            digits = String(value.magnitude)
        case UInt8(ascii: "x"): (digits, prefix) = (String(value.magnitude, radix: 16), "0x")
        case UInt8(ascii: "X"): (digits, prefix) = (String(value.magnitude, radix: 16, uppercase: true), "0X")
        case UInt8(ascii: "o"): (digits, prefix) = (String(value.magnitude, radix: 8), "0o")
        case UInt8(ascii: "b"): (digits, prefix) = (String(value.magnitude, radix: 2), "0b")
        case let type: throw fail("Unknown format code '\(Unicode.Scalar(type))' for an integer")
        }
        if let grouping = specification.grouping { digits = group(digits, grouping) }
        let sign = (value < 0 ? "-" : specification.positiveSign) + (specification.hasPrefix ? prefix : "")
        return try pad(
            Text(sign + digits, .input), specification, default: .right, signLength: sign.utf8.count)
    }

    mutating func formatDouble(
        _ value: Double, _ specification: FormatSpecification
    ) throws(TemplateError) -> Text {
        let precision = specification.precision ?? 6
        guard precision <= 400 else { throw fail("the precision is out of range") }
        let magnitude = value.magnitude
        var digits: String
        switch specification.type {
        case _ where !value.isFinite: digits = value.isNaN ? "nan" : "inf"
        case UInt8(ascii: "f"), UInt8(ascii: "F"): digits = ExactDecimal.fixed(magnitude, digits: precision)
        case UInt8(ascii: "%"): digits = ExactDecimal.fixed(magnitude * 100, digits: precision) + "%"
        case UInt8(ascii: "e"): digits = ExactDecimal.scientific(magnitude, digits: precision)
        case UInt8(ascii: "E"): digits = ExactDecimal.scientific(magnitude, digits: precision).uppercased()
        case UInt8(ascii: "g"), UInt8(ascii: "n"): digits = general(magnitude, precision)
        case UInt8(ascii: "G"): digits = general(magnitude, precision).uppercased()
        case nil:
            digits = specification.precision == nil ? PythonFloat.repr(magnitude) : general(magnitude, precision)
        case .some(let type): throw fail("Unknown format code '\(Unicode.Scalar(type))' for a float")
        }
        if let grouping = specification.grouping {
            let whole = digits.prefix { $0.isNumber }
            digits = group(String(whole), grouping) + digits.dropFirst(whole.count)
        }
        let sign = value.sign == .minus && !value.isNaN ? "-" : specification.positiveSign
        return try pad(
            Text(sign + digits, .input), specification, default: .right, signLength: sign.utf8.count)
    }

    /// `%g`: the shorter of the two notations, without zeros at the end.
    private func general(_ magnitude: Double, _ precision: Int) -> String {
        let precision = max(precision, 1)
        let scientific = ExactDecimal.scientific(magnitude, digits: precision - 1)
        let parts = scientific.split(separator: "e")
        let exponent = Int(parts[1]) ?? 0
        func trimmed(_ text: some StringProtocol) -> String {
            guard text.contains(".") else { return String(text) }
            let kept = text.reversed().drop { $0 == "0" }.drop { $0 == "." }
            return String(kept.reversed())
        }
        if exponent < -4 || exponent >= precision { return trimmed(parts[0]) + "e" + parts[1] }
        return trimmed(ExactDecimal.fixed(magnitude, digits: precision - 1 - exponent))
    }

    private func group(_ digits: String, _ separator: String) -> String {
        var result = ""
        for (at, digit) in digits.enumerated() {
            if at > 0, (digits.count - at).isMultiple(of: 3) { result += separator }
            result.append(digit)
        }
        return result
    }

    mutating func formatText(
        _ text: Text, _ specification: FormatSpecification, default alignment: FormatSpecification.Alignment
    ) throws(TemplateError) -> Text {
        let cut = specification.precision.map { text.slice(start: nil, stop: $0, step: 1) } ?? text
        return try pad(cut, specification, default: alignment)
    }
}
