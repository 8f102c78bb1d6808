import JSONBytes

/// A whole JSON Schema, within the limits, and what its references name.
struct SchemaDocument {
    private let root: JSONValue

    init(_ root: JSONValue) throws(SchemaError) {
        self.root = root
        var size = (nodes: 0, textBytes: 0)
        try Self.measure(root, depth: 0, into: &size)
    }

    var whole: Subschema { Subschema(value: root, pointer: "#") }

    /// The schema that a `$ref` names.
    func resolve(_ reference: String, at pointer: String) throws(SchemaError) -> Subschema {
        guard reference == "#" || reference.hasPrefix("#/") else {
            throw SchemaError(.unsupported("a $ref to anything but #/… in the same schema"), at: pointer)
        }
        guard let found = Self.find(reference, in: root) else {
            throw SchemaError(.invalid("$ref names nothing: \(reference)"), at: pointer)
        }
        return found
    }

    /// The schema that a reference within a document, `#/…`, names.
    static func find(_ reference: String, in root: JSONValue) -> Subschema? {
        guard reference == "#" || reference.hasPrefix("#/") else { return nil }
        var found = Subschema(value: root, pointer: "#")
        for part in reference.dropFirst().split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            guard let name = decoded(part), let next = found.member(name) else { return nil }
            found = next
        }
        return found
    }

    /// A part of a pointer without its escapes: `%` and two digits, then `~0` and `~1`.
    private static func decoded(_ part: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(part.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        var result = ""
        var isEscaped = false
        for character in text.unicodeScalars {
            if isEscaped {
                guard character == "0" || character == "1" else { return nil }
                result += character == "0" ? "~" : "/"
                isEscaped = false
            } else if character == "~" {
                isEscaped = true
            } else {
                result.unicodeScalars.append(character)
            }
        }
        return isEscaped ? nil : result
    }

    private static func measure(
        _ value: JSONValue, depth: Int, into size: inout (nodes: Int, textBytes: Int)
    ) throws(SchemaError) {
        size.nodes += 1
        switch value {
        case .string(let text): size.textBytes += text.utf8.count
        case .largeInteger(let digits): size.textBytes += digits.utf8.count
        case .array(let elements):
            try check(depth, most: SchemaLimits.depth, "levels")
            for element in elements { try measure(element, depth: depth + 1, into: &size) }
        case .object(let object):
            try check(depth, most: SchemaLimits.depth, "levels")
            for (key, element) in object {
                size.textBytes += key.utf8.count
                try measure(element, depth: depth + 1, into: &size)
            }
        default: break
        }
        try check(size.nodes, most: SchemaLimits.nodes, "values")
        try check(size.textBytes, most: SchemaLimits.textBytes, "bytes of text")
    }

    private static func check(_ size: Int, most: Int, _ limit: String) throws(SchemaError) {
        guard size <= most else { throw SchemaError(.tooLarge(limit: limit, most: most), at: "#") }
    }
}
