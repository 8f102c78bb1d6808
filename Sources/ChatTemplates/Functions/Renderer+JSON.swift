import JSONBytes

/// How `tojson` writes, with the meaning of `json.dumps`.
private struct JSONStyle {
    var isASCII = false
    /// One level of indentation; nil for everything on one line.
    var indent: [UInt8]? {
        didSet {
            let level = indent ?? []
            readyLevels = level.count <= 32 ? 16 : 0
            lineBreak = [UInt8(ascii: "\n")] + repeatElement(level, count: readyLevels).joined()
        }
    }
    /// A line break and `readyLevels` levels of indentation.
    private(set) var lineBreak: [UInt8] = []
    private(set) var readyLevels = 0
    var itemSeparator = Array(", ".utf8)
    var keySeparator = Array(": ".utf8)
    var sortsKeys = false
}

extension Renderer {
    private static let dumps = Signature("ensure_ascii", "indent", "separators", "sort_keys")

    /// Transformers' filter `tojson`; what it writes counts as input.
    mutating func toJSON(_ value: Value, _ arguments: CallArguments) throws(TemplateError) -> Text {
        var bytes: [UInt8] = []
        try appendJSON(value, arguments, to: &bytes)
        try chargeText(bytes.count)
        return Text(bytes, .input)
    }

    /// Appends what `tojson` gives.
    mutating func appendJSON(
        _ value: Value, _ arguments: CallArguments, to bytes: inout [UInt8]
    ) throws(TemplateError) {
        let style = try jsonStyle(bind(arguments, Renderer.dumps, of: "tojson"))
        try appendJSON(value, style, level: 1, to: &bytes)
    }

    private func jsonStyle(_ bound: BoundArguments) throws(TemplateError) -> JSONStyle {
        var style = JSONStyle()
        style.isASCII = bound[0]?.isTrue ?? false
        style.sortsKeys = bound[3]?.isTrue ?? false
        if let indent = bound[1], !isNone(indent) {
            if case .string(let text) = indent {
                style.indent = text.bytes
            } else {
                let width = max(0, try integer(indent, default: 0))
                guard width <= 1024 else { throw fail("the indentation is too wide") }
                style.indent = Array(repeating: UInt8(ascii: " "), count: width)
            }
            style.itemSeparator = [UInt8(ascii: ",")]
        }
        guard let separators = bound[2], !isNone(separators) else { return style }
        switch separators {
        case .list(let pair), .tuple(let pair):
            guard pair.values.count == 2 else { fallthrough }
            style.itemSeparator = try string(pair.values[0], default: .empty).bytes
            style.keySeparator = try string(pair.values[1], default: .empty).bytes
        default: throw fail("separators must be a pair of strings")
        }
        return style
    }

    private mutating func appendJSON(
        _ value: Value, _ style: JSONStyle, level: Int, to bytes: inout [UInt8]
    ) throws(TemplateError) {
        try charge(1)
        if bytes.count > limits.outputBytes { throw limit("outputBytes", limits.outputBytes) }
        switch value {
        case .none: append("null", to: &bytes)
        case .bool(let value): append(value ? "true" : "false", to: &bytes)
        case .integer(let value): bytes += String(value).utf8
        case .largeInteger(let digits): bytes += digits.bytes
        case .double(let value): bytes += jsonNumber(value).utf8
        case .string(let text):
            text.bytes.withUnsafeBufferPointer { appendJSON($0, isASCII: style.isASCII, to: &bytes) }
        case .list(let elements), .tuple(let elements):
            try appendJSON(elements.values, style, level: level, to: &bytes)
        case .dictionary(let mapping):
            if mapping.isJSON, !style.sortsKeys {
                try appendJSON(mapping.jsonKeys, mapping.jsonValues, style, level: level, to: &bytes)
            } else {
                try appendJSON(mapping, style, level: level, to: &bytes)
            }
        default: throw fail("Object of type \(value.typeName) is not JSON serializable")
        }
    }

    private func jsonNumber(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        return PythonFloat.repr(value)
    }

    private mutating func appendJSON(
        _ values: [Value], _ style: JSONStyle, level: Int, to bytes: inout [UInt8]
    ) throws(TemplateError) {
        bytes.append(UInt8(ascii: "["))
        for (at, value) in values.enumerated() {
            if at > 0 { bytes += style.itemSeparator }
            try appendLineBreak(style, level: level, to: &bytes)
            try appendJSON(value, style, level: level + 1, to: &bytes)
        }
        if !values.isEmpty { try appendLineBreak(style, level: level - 1, to: &bytes) }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func appendJSON(
        _ mapping: Mapping, _ style: JSONStyle, level: Int, to bytes: inout [UInt8]
    ) throws(TemplateError) {
        bytes.append(UInt8(ascii: "{"))
        var isFirst = true
        for at in try order(of: mapping, isSorted: style.sortsKeys) {
            if !isFirst { bytes += style.itemSeparator }
            isFirst = false
            try appendLineBreak(style, level: level, to: &bytes)
            let key = try jsonKey(mapping.keys[at])
            key.bytes.withUnsafeBufferPointer { appendJSON($0, isASCII: style.isASCII, to: &bytes) }
            bytes += style.keySeparator
            try appendJSON(mapping.values[at], style, level: level + 1, to: &bytes)
        }
        if !isFirst { try appendLineBreak(style, level: level - 1, to: &bytes) }
        bytes.append(UInt8(ascii: "}"))
    }

    // MARK: JSON of the context, as it came

    private mutating func appendJSON(
        _ value: JSONValue, _ style: JSONStyle, level: Int, to bytes: inout [UInt8]
    ) throws(TemplateError) {
        switch value {
        case .string(let string):
            try charge(1)
            appendJSON(string, isASCII: style.isASCII, to: &bytes)
        case .array(let values):
            try charge(1)
            bytes.append(UInt8(ascii: "["))
            for (at, value) in values.enumerated() {
                if at > 0 { bytes += style.itemSeparator }
                try appendLineBreak(style, level: level, to: &bytes)
                try appendJSON(value, style, level: level + 1, to: &bytes)
            }
            if !values.isEmpty { try appendLineBreak(style, level: level - 1, to: &bytes) }
            bytes.append(UInt8(ascii: "]"))
        case .object(let object):
            try charge(1)
            try appendJSON(object.keys, object.values, style, level: level, to: &bytes)
        default: try appendJSON(Value(value, depth: 0), style, level: level, to: &bytes)
        }
    }

    private mutating func appendJSON(
        _ keys: [String], _ values: [JSONValue], _ style: JSONStyle, level: Int, to bytes: inout [UInt8]
    ) throws(TemplateError) {
        if bytes.count > limits.outputBytes { throw limit("outputBytes", limits.outputBytes) }
        bytes.append(UInt8(ascii: "{"))
        for at in keys.indices {
            if at > 0 { bytes += style.itemSeparator }
            try appendLineBreak(style, level: level, to: &bytes)
            appendJSON(keys[at], isASCII: style.isASCII, to: &bytes)
            bytes += style.keySeparator
            try appendJSON(values[at], style, level: level + 1, to: &bytes)
        }
        if !keys.isEmpty { try appendLineBreak(style, level: level - 1, to: &bytes) }
        bytes.append(UInt8(ascii: "}"))
    }

    private func appendJSON(_ string: String, isASCII: Bool, to bytes: inout [UInt8]) {
        var string = string
        string.withUTF8 { appendJSON($0, isASCII: isASCII, to: &bytes) }
    }

    // MARK: Parts

    private func append(_ literal: StaticString, to bytes: inout [UInt8]) {
        literal.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    private mutating func order(of mapping: Mapping, isSorted: Bool) throws(TemplateError) -> [Int] {
        guard isSorted else { return Array(mapping.keys.indices) }
        let keyed = mapping.keys.enumerated().map { (key: $1, value: Value.integer($0)) }
        return try sorted(keyed, isReverse: false).compactMap { value in
            if case .integer(let at) = value { return at }
            return nil
        }
    }

    private func jsonKey(_ key: Value) throws(TemplateError) -> Text {
        switch key {
        case .string(let text): return text
        case .none: return Text("null", .input)
        case .bool(let value): return Text(value ? "true" : "false", .input)
        case .integer, .largeInteger: return Text(PythonRepr.scalar(key), .input)
        case .double(let value): return Text(jsonNumber(value), .input)
        default: throw fail("keys must be str, int, float, bool or None, not \(key.typeName)")
        }
    }

    private mutating func appendLineBreak(
        _ style: JSONStyle, level: Int, to bytes: inout [UInt8]
    ) throws(TemplateError) {
        guard let indent = style.indent else { return }
        try chargeText(indent.count * level)
        bytes += style.lineBreak[..<(1 + indent.count * min(level, style.readyLevels))]
        for _ in 0..<max(0, level - style.readyLevels) { bytes += indent }
    }

    private func appendJSON(_ text: UnsafeBufferPointer<UInt8>, isASCII: Bool, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        if isASCII {
            for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
                if scalar.value < 0x7F {
                    withUnsafePointer(to: UInt8(scalar.value)) {
                        JSONEscaping.append(UnsafeBufferPointer(start: $0, count: 1), to: &bytes)
                    }
                } else {
                    for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
                        let digits = String(unit, radix: 16)
                        bytes += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
                    }
                }
            }
        } else {
            JSONEscaping.append(text, to: &bytes)
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
