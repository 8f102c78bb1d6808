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
            at = directive.end
            if directive.conversion == UInt8(ascii: "%") {
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

/// One `%…` of a format string.
private struct PercentDirective {
    var specification = FormatSpecification()
    private(set) var name: Text?
    private(set) var takesWidth = false
    private(set) var takesPrecision = false
    private(set) var conversion: UInt8 = 0
    /// The offset behind the directive.
    private(set) var end: Int

    init(_ bytes: [UInt8], at start: Int, renderer: borrowing Renderer) throws(TemplateError) {
        end = start
        func byte(_ at: Int) throws(TemplateError) -> UInt8 {
            guard at < bytes.count else { throw renderer.fail("incomplete format") }
            return bytes[at]
        }
        if try byte(end) == UInt8(ascii: "(") {
            guard let close = bytes[end...].firstIndex(of: UInt8(ascii: ")")) else {
                throw renderer.fail("incomplete format key")
            }
            name = Text(Array(bytes[end + 1..<close]), .template)
            end = close + 1
        }
        flags: while true {
            switch try byte(end) {
            case UInt8(ascii: "-"): specification.alignment = .left
            case UInt8(ascii: "+"): specification.positiveSign = "+"
            case UInt8(ascii: " "): if specification.positiveSign.isEmpty { specification.positiveSign = " " }
            case UInt8(ascii: "#"): specification.hasPrefix = true
            case UInt8(ascii: "0"):
                if specification.alignment == nil {
                    specification.alignment = .afterSign
                    specification.fill = Text("0", .template)
                }
            default: break flags
            }
            end += 1
        }
        if specification.alignment == .left { specification.fill = Text(" ", .template) }
        func number() throws(TemplateError) -> Int {
            var value = 0
            while case let digit = try byte(end), (48...57).contains(digit) {
                value = value * 10 + Int(digit - 48)
                guard value <= 1 << 24 else { throw renderer.fail("width too big") }
                end += 1
            }
            return value
        }
        takesWidth = try byte(end) == UInt8(ascii: "*")
        if takesWidth { end += 1 } else { specification.width = try number() }
        if try byte(end) == UInt8(ascii: ".") {
            end += 1
            takesPrecision = try byte(end) == UInt8(ascii: "*")
            if takesPrecision { end += 1 } else { specification.precision = try number() }
        }
        while [UInt8(ascii: "l"), UInt8(ascii: "h"), UInt8(ascii: "L")].contains(try byte(end)) { end += 1 }
        conversion = try byte(end)
        guard "srcadiuxXoeEfFgG%".utf8.contains(conversion) else {
            throw renderer.fail("unsupported format character '\(Unicode.Scalar(conversion))'")
        }
        specification.type = conversion
        if "sracC".utf8.contains(conversion), specification.alignment == .afterSign {
            specification.alignment = .right
            specification.fill = Text(" ", .template)
        }
        end += 1
    }

    mutating func setWidth(_ width: Int) {
        if width < 0 { specification.alignment = .left }
        specification.width = Int(min(width.magnitude, 1 << 30))
    }
}
