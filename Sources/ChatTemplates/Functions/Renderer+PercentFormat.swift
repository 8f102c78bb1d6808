extension Renderer {
    /// Python's `format % arguments`.
    mutating func formatPercent(_ format: Text, _ arguments: Value) throws(TemplateError) -> Text {
        var values: [Value] = [arguments]
        if case .tuple(let elements) = arguments { values = elements.values }
        var next = 0
        var usesNames = false
        var builder = TextBuilder()
        var at = 0
        let bytes = format.bytes
        while at < bytes.count {
            guard bytes[at] == UInt8(ascii: "%") else {
                let end = bytes[at...].firstIndex(of: UInt8(ascii: "%")) ?? bytes.count
                builder.append(format, at..<end)
                at = end
                continue
            }
            var directive = try PercentDirective(bytes, at: at + 1, renderer: self)
            func take() throws(TemplateError) -> Value {
                guard next < values.count else { throw fail("not enough arguments for format string") }
                next += 1
                return values[next - 1]
            }
            if directive.takesWidth {
                directive.setWidth(try integer(take(), default: 0))
            }
            if directive.takesPrecision { directive.specification.precision = max(0, try integer(take(), default: 0)) }
            let isPercent = directive.conversion == UInt8(ascii: "%") && directive.end == at + 2
            at = directive.end
            if isPercent {
                builder.append(Text("%", .template))
                continue
            }
            let value: Value
            if let name = directive.name {
                guard case .dictionary(let mapping) = arguments else { throw fail("format requires a mapping") }
                guard let found = mapping[name] else { throw fail("KeyError: '\(name.string)'") }
                usesNames = true
                value = found
            } else {
                value = try take()
            }
            builder.append(try convert(value, directive, isMarkup: format.isMarkup))
            if builder.bytes.count > limits.outputBytes { throw limit("outputBytes", limits.outputBytes) }
        }
        try chargeText(builder.bytes.count)
        if next < values.count, !usesNames, !isMappingArgument(arguments) {
            throw fail("not all arguments converted during string formatting")
        }
        return builder.finish().markup(format.isMarkup)
    }

    /// Arguments that may stay unused because they could be looked up by name.
    private func isMappingArgument(_ arguments: Value) -> Bool {
        switch arguments {
        case .dictionary, .list, .undefined, .range: true
        default: false
        }
    }

    private mutating func convert(
        _ value: Value, _ directive: PercentDirective, isMarkup: Bool
    ) throws(TemplateError) -> Text {
        let specification = directive.specification
        switch directive.conversion {
        case UInt8(ascii: "s"):
            let text = try isMarkup ? softText(of: value).escaped : text(of: value)
            return try formatText(text, specification, default: .right)
        case UInt8(ascii: "r"), UInt8(ascii: "a"):
            let text = try isMarkup ? repr(of: value).escaped : repr(of: value)
            return try formatText(text, specification, default: .right)
        case UInt8(ascii: "c"):
            if case .string(let text) = value, CodePoints.count(text.bytes) == 1 {
                return try formatText(text, specification, default: .right)
            }
            guard case .integer(let code)? = value.number,
                let scalar = UInt32(exactly: code).flatMap(Unicode.Scalar.init)
            else { throw fail("%c requires int or char") }
            return try formatText(Text(String(scalar), .input), specification, default: .right)
        // Anything between the two signs makes the second one no conversion.
        case UInt8(ascii: "%"): throw fail("unsupported format character '%'")
        default: break
        }
        guard let number = value.number else {
            throw fail("a number is required for a format, not \(value.typeName)")
        }
        switch directive.conversion {
        case UInt8(ascii: "d"), UInt8(ascii: "i"), UInt8(ascii: "u"):
            guard let integer = Int(exactly: number.asDouble.rounded(.towardZero)) else {
                throw fail("the result is an integer outside 64 bits")
            }
            if case .integer(let exact) = number { return try formatInteger(exact, specification) }
            return try formatInteger(integer, specification)
        case UInt8(ascii: "x"), UInt8(ascii: "X"), UInt8(ascii: "o"):
            guard case .integer(let integer) = number else { throw fail("an integer is required, not float") }
            return try formatInteger(integer, specification)
        default: return try formatDouble(number.asDouble, specification)
        }
    }
}
