extension Renderer {
    /// Python's `format.format(…)`.
    mutating func formatBraces(_ format: Text, _ arguments: CallArguments) throws(TemplateError) -> Text {
        var numbering = FieldNumbering()
        return try formatBraces(format, arguments, &numbering, level: 0).markup(format.isMarkup)
    }

    private mutating func formatBraces(
        _ format: Text, _ arguments: CallArguments, _ numbering: inout FieldNumbering, level: Int
    ) throws(TemplateError) -> Text {
        guard level < 3 else { throw fail("Max string recursion exceeded") }
        let (open, close) = (UInt8(ascii: "{"), UInt8(ascii: "}"))
        let bytes = format.bytes
        var builder = TextBuilder()
        var at = 0
        while at < bytes.count {
            let end = bytes[at...].firstIndex { $0 == open || $0 == close } ?? bytes.count
            builder.append(format, at..<end)
            at = end
            guard at < bytes.count else { break }
            if at + 1 < bytes.count, bytes[at + 1] == bytes[at] {
                builder.append(format, at..<at + 1)
                at += 2
                continue
            }
            guard bytes[at] == open else { throw fail("Single '}' encountered in format string") }
            guard let fieldEnd = endOfField(bytes, from: at + 1) else {
                throw fail("expected '}' before end of string")
            }
            builder.append(
                try formatField(format.slice(at + 1..<fieldEnd), arguments, &numbering, level: level))
            if builder.bytes.count > limits.outputBytes { throw limit("outputBytes", limits.outputBytes) }
            at = fieldEnd + 1
        }
        try chargeText(builder.bytes.count)
        return builder.finish()
    }

    private func endOfField(_ bytes: [UInt8], from start: Int) -> Int? {
        var depth = 0
        for at in start..<bytes.count {
            if bytes[at] == UInt8(ascii: "{") { depth += 1 }
            if bytes[at] == UInt8(ascii: "}") {
                if depth == 0 { return at }
                depth -= 1
            }
        }
        return nil
    }

    private mutating func formatField(
        _ field: Text, _ arguments: CallArguments, _ numbering: inout FieldNumbering, level: Int
    ) throws(TemplateError) -> Text {
        var name = field
        var specification = Text.empty
        var conversion: UInt8?
        var brackets = 0
        for (at, byte) in field.bytes.enumerated() {
            if byte == UInt8(ascii: "[") { brackets += 1 }
            if byte == UInt8(ascii: "]") { brackets -= 1 }
            guard brackets == 0, byte == UInt8(ascii: "!") || byte == UInt8(ascii: ":") else { continue }
            name = field.slice(0..<at)
            var rest = at
            if byte == UInt8(ascii: "!") {
                guard at + 1 < field.bytes.count else { throw fail("end of string while looking for conversion") }
                conversion = field.bytes[at + 1]
                rest = at + 2
                guard rest == field.bytes.count || field.bytes[rest] == UInt8(ascii: ":") else {
                    throw fail("expected ':' after conversion specifier")
                }
            }
            if rest < field.bytes.count { specification = field.slice(rest + 1..<field.bytes.count) }
            break
        }
        var value = try fieldValue(name, arguments, &numbering)
        switch conversion {
        case nil: break
        case UInt8(ascii: "s"): value = .string(try text(of: value))
        case UInt8(ascii: "r"), UInt8(ascii: "a"): value = .string(try repr(of: value))
        default: throw fail("Unknown conversion specifier")
        }
        if !specification.isEmpty {
            specification = try formatBraces(specification, arguments, &numbering, level: level + 1)
        }
        if case .string(let text) = value, text.isMarkup, field.isMarkup {
            guard specification.isEmpty else { throw fail("Unsupported format specification for Markup.") }
            return text
        }
        let text = try format(value, specification)
        return field.isMarkup ? text.escaped : text
    }

    /// The value of a field such as `0.name[key]`.
    private mutating func fieldValue(
        _ field: Text, _ arguments: CallArguments, _ numbering: inout FieldNumbering
    ) throws(TemplateError) -> Value {
        let bytes = field.bytes
        var at = bytes.firstIndex { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "[") } ?? bytes.count
        let first = field.slice(0..<at)
        var value: Value
        if first.isEmpty || PythonClass.holds(.isdigit, first.bytes) {
            guard let position = numbering.position(of: first) else {
                throw fail("cannot mix manual field specification and automatic field numbering")
            }
            guard position < arguments.positional.count else {
                throw fail("Replacement index \(position) out of range for positional args tuple")
            }
            value = arguments.positional[position]
        } else {
            guard let found = arguments.named.first(where: { $0.name == first }) else {
                throw fail("KeyError: '\(first.string)'")
            }
            value = found.value
        }
        while at < bytes.count {
            let isAttribute = bytes[at] == UInt8(ascii: ".")
            let stop =
                isAttribute
                ? bytes[(at + 1)...].firstIndex { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "[") } ?? bytes.count
                : bytes[at...].firstIndex(of: UInt8(ascii: "]")) ?? bytes.count
            guard isAttribute || stop < bytes.count else { throw fail("Missing ']' in format string") }
            let key = field.slice(at + 1..<stop)
            guard !key.isEmpty else { throw fail("Empty attribute in format string") }
            let index = isAttribute || !PythonClass.holds(.isdigit, key.bytes) ? nil : Int(key.string)
            value = try item(of: value, key: index.map { .integer($0) } ?? .string(key))
            at = isAttribute ? stop : stop + 1
            guard at == bytes.count || bytes[at] == UInt8(ascii: ".") || bytes[at] == UInt8(ascii: "[") else {
                throw fail("Only '.' or '[' may follow ']' in format field specifier")
            }
        }
        return value
    }

    /// Python's `format(value, specification)`.
    private mutating func format(_ value: Value, _ specification: Text) throws(TemplateError) -> Text {
        if specification.isEmpty { return try text(of: value) }
        let parsed = try parse(specification)
        let type = parsed.type
        switch value {
        case .string(let text):
            guard type == nil || type == UInt8(ascii: "s"), !parsed.hasSignOption else {
                throw fail("Unknown format code for object of type 'str'")
            }
            return try formatText(text, parsed, default: .left)
        case .bool, .integer, .double:
            guard let number = value.number else { return .empty }
            switch number {
            case .integer(let integer) where type.map { !"eEfFgG%".utf8.contains($0) } ?? true:
                guard parsed.precision == nil else { throw fail("Precision not allowed in integer format specifier") }
                return try formatInteger(integer, parsed)
            default: return try formatDouble(number.asDouble, parsed)
            }
        default:
            throw fail("unsupported format string passed to \(value.typeName).__format__")
        }
    }

    private func parse(_ specification: Text) throws(TemplateError) -> FormatSpecification {
        var result = FormatSpecification()
        let bytes = specification.bytes
        var at = 0
        func alignment(_ position: Int) -> FormatSpecification.Alignment? {
            guard position < bytes.count else { return nil }
            switch bytes[position] {
            case UInt8(ascii: "<"): return .left
            case UInt8(ascii: ">"): return .right
            case UInt8(ascii: "^"): return .center
            case UInt8(ascii: "="): return .afterSign
            default: return nil
            }
        }
        func skip(_ byte: UInt8) -> Bool {
            guard at < bytes.count, bytes[at] == byte else { return false }
            at += 1
            return true
        }
        func number() throws(TemplateError) -> Int? {
            let start = at
            var value = 0
            while at < bytes.count, (48...57).contains(bytes[at]) {
                value = value * 10 + Int(bytes[at] - 48)
                guard value <= 1 << 24 else { throw fail("Too many decimal digits in format string") }
                at += 1
            }
            return at > start ? value : nil
        }
        let fillLength = bytes.isEmpty ? 0 : CodePoints.length(ofFirst: bytes[0])
        if let found = alignment(fillLength) {
            result.fill = specification.slice(0..<fillLength)
            result.alignment = found
            at = fillLength + 1
        } else if let found = alignment(0) {
            result.alignment = found
            at = 1
        }
        if at < bytes.count, "+- ".utf8.contains(bytes[at]) {
            result.hasSignOption = true
            if bytes[at] != UInt8(ascii: "-") { result.positiveSign = bytes[at] == UInt8(ascii: "+") ? "+" : " " }
            at += 1
        }
        result.hasPrefix = skip(UInt8(ascii: "#"))
        if skip(UInt8(ascii: "0")), result.alignment == nil {
            result.fill = Text("0", .template)
            result.alignment = .afterSign
        }
        result.width = try number() ?? 0
        if skip(UInt8(ascii: ",")) { result.grouping = "," } else if skip(UInt8(ascii: "_")) { result.grouping = "_" }
        if skip(UInt8(ascii: ".")) {
            guard let precision = try number() else { throw fail("Format specifier missing precision") }
            result.precision = precision
        }
        if at < bytes.count {
            result.type = bytes[at]
            at += 1
        }
        guard at == bytes.count else { throw fail("Invalid format specifier") }
        return result
    }
}

/// The positions of the fields of one format string, which are all written or all counted.
private struct FieldNumbering {
    private var next = 0
    private var isWritten: Bool?

    /// The position of a field with the given digits, or of the next one; nil if both kinds are mixed.
    mutating func position(of digits: Text) -> Int? {
        if let isWritten, isWritten == digits.isEmpty { return nil }
        isWritten = !digits.isEmpty
        if !digits.isEmpty { return Int(digits.string) ?? .max }
        next += 1
        return next - 1
    }
}
