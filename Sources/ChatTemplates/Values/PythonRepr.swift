import JSONBytes

/// Python's `repr` and `str` of values.
///
/// What appends stops soon after there are `limit` bytes: a list that holds another twice, and so on, is short, but its
/// text is not.
enum PythonRepr {
    static func append(_ value: Value, limit: Int, to bytes: inout [UInt8]) {
        if bytes.count > limit { return }
        switch value {
        case .string(let text):
            if text.isMarkup { bytes += "Markup(".utf8 }
            append(text, to: &bytes)
            if text.isMarkup { bytes += ")".utf8 }
        case .list(let elements): append(elements.values, "[", "]", limit: limit, to: &bytes)
        case .tuple(let elements):
            append(elements.values, "(", elements.values.count == 1 ? ",)" : ")", limit: limit, to: &bytes)
        case .dictionary(let mapping): append(mapping, limit: limit, to: &bytes)
        case .view(let view):
            bytes += "\(view.kind.rawValue)(".utf8
            append(view.values, "[", "]", limit: limit, to: &bytes)
            bytes += ")".utf8
        default: bytes += scalar(value).utf8
        }
    }

    /// The text of a value that holds no others.
    static func scalar(_ value: Value) -> String {
        switch value {
        case .missing, .undefined: "Undefined"
        case .none: "None"
        case .bool(let value): value ? "True" : "False"
        case .integer(let value): String(value)
        case .largeInteger(let digits): digits.string
        case .double(let value): PythonFloat.repr(value)
        case .range(let range):
            range.step == 1
                ? "range(\(range.start), \(range.stop))"
                : "range(\(range.start), \(range.stop), \(range.step))"
        case .function(let function): "<function \(function.rawValue)>"
        case .method(let method):
            "<built-in method \(method.method.rawValue) of \(method.receiver.typeName) object>"
        default: "<\(value.typeName)>"
        }
    }

    private static func append(_ values: [Value], _ open: String, _ close: String, limit: Int, to bytes: inout [UInt8])
    {
        bytes += open.utf8
        for (at, value) in values.enumerated() {
            if at > 0 { bytes += ", ".utf8 }
            append(value, limit: limit, to: &bytes)
        }
        bytes += close.utf8
    }

    private static func append(_ mapping: Mapping, limit: Int, to bytes: inout [UInt8]) {
        bytes += "{".utf8
        if mapping.isJSON {
            append(mapping.jsonKeys, mapping.jsonValues, to: &bytes)
            bytes += "}".utf8
            return
        }
        for (at, (key, value)) in zip(mapping.keys, mapping.values).enumerated() {
            if at > 0 { bytes += ", ".utf8 }
            append(key, limit: limit, to: &bytes)
            bytes += ": ".utf8
            append(value, limit: limit, to: &bytes)
        }
        bytes += "}".utf8
    }

    // MARK: JSON of the context, as it came

    private static func append(_ keys: [String], _ values: [JSONValue], to bytes: inout [UInt8]) {
        for at in keys.indices {
            if at > 0 { bytes += ", ".utf8 }
            append(keys[at], to: &bytes)
            bytes += ": ".utf8
            append(values[at], to: &bytes)
        }
    }

    private static func append(_ value: JSONValue, to bytes: inout [UInt8]) {
        switch value {
        case .string(let string): append(string, to: &bytes)
        case .array(let values):
            bytes += "[".utf8
            for at in values.indices {
                if at > 0 { bytes += ", ".utf8 }
                append(values[at], to: &bytes)
            }
            bytes += "]".utf8
        case .object(let object):
            bytes += "{".utf8
            append(object.keys, object.values, to: &bytes)
            bytes += "}".utf8
        default: bytes += scalar(Value(value, depth: 0)).utf8
        }
    }

    private static func append(_ string: String, to bytes: inout [UInt8]) {
        var string = string
        string.withUTF8 { append($0, to: &bytes) }
    }

    // MARK: Strings

    private static func append(_ text: Text, to bytes: inout [UInt8]) {
        text.bytes.withUnsafeBufferPointer { append($0, to: &bytes) }
    }

    /// A string in quotes: single ones, unless it has those and no double ones.
    private static func append(_ text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        let (single, double) = (UInt8(ascii: "'"), UInt8(ascii: "\""))
        let quote = text.contains(single) && !text.contains(double) ? double : single
        bytes.append(quote)
        var at = 0
        while at < text.count {
            let start = at
            while at < text.count, (0x20..<0x7F).contains(text[at]), text[at] != quote, text[at] != UInt8(ascii: "\\") {
                at += 1
            }
            bytes.append(contentsOf: text[start..<at])
            guard at < text.count else { break }
            let (scalar, length) = CodePoints.decode(text, at: at)
            switch scalar {
            case "\n": bytes += "\\n".utf8
            case "\r": bytes += "\\r".utf8
            case "\t": bytes += "\\t".utf8
            case "\\": bytes += "\\\\".utf8
            case Unicode.Scalar(quote): bytes += [UInt8(ascii: "\\"), quote]
            default:
                if PythonClass.isPrintable(scalar) {
                    bytes.append(contentsOf: text[at..<at + length])
                } else {
                    appendEscape(scalar, to: &bytes)
                }
            }
            at += length
        }
        bytes.append(quote)
    }

    private static func appendEscape(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
        let (prefix, width) = scalar.value < 0x100 ? ("\\x", 2) : scalar.value < 0x10000 ? ("\\u", 4) : ("\\U", 8)
        let digits = String(scalar.value, radix: 16)
        bytes += (prefix + String(repeating: "0", count: width - digits.count) + digits).utf8
    }
}
