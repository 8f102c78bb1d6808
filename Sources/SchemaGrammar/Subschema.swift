import JSONBytes

/// A schema within a schema, known by its place.
struct Subschema {
    let value: JSONValue
    let pointer: String

    /// The value under a key, or at an index, of this one.
    func member(_ name: String) -> Subschema? {
        switch value {
        case .object(let object): object[name].map { Subschema(value: $0, pointer: pointer(to: name)) }
        case .array(let elements):
            Int(name).flatMap { index in
                elements.indices.contains(index) && String(index) == name
                    ? Subschema(value: elements[index], pointer: pointer(to: name)) : nil
            }
        default: nil
        }
    }

    /// The pointer of a member. All but some ASCII is in percent escapes, as in a URI, so that pointers that differ in
    /// bytes differ as strings.
    func pointer(to name: String) -> String {
        var escaped = ""
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "~"): escaped += "~0"
            case UInt8(ascii: "/"): escaped += "~1"
            case 0x21...0x7E where byte != UInt8(ascii: "%"): escaped.unicodeScalars.append(Unicode.Scalar(byte))
            default: escaped += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return pointer + "/" + escaped
    }

    func invalid(_ keyword: String, _ expected: String) -> SchemaError {
        SchemaError(.invalid("\(keyword) must be \(expected)"), at: pointer)
    }

    /// The schemas in the array under a keyword.
    func list(_ keyword: String) throws(SchemaError) -> [Subschema] {
        guard let member = member(keyword) else { return [] }
        guard case .array(let elements) = member.value else { throw invalid(keyword, "an array of schemas") }
        return elements.enumerated().map { index, value in
            Subschema(value: value, pointer: member.pointer + "/\(index)")
        }
    }

    /// A count under a keyword.
    func count(_ keyword: String) throws(SchemaError) -> Int? {
        guard let value = member(keyword)?.value else { return nil }
        let count: Int? =
            switch value {
            case .integer(let count): count
            case .double(let count): Int(exactly: count)
            default: nil
            }
        guard let count, count >= 0 else { throw invalid(keyword, "a non-negative integer") }
        guard count <= SchemaLimits.repetitions else {
            throw SchemaError(.tooLarge(limit: "in \(keyword)", most: SchemaLimits.repetitions), at: pointer)
        }
        return count
    }

    /// A number under a keyword.
    func decimal(_ keyword: String) throws(SchemaError) -> Decimal? {
        guard let value = member(keyword)?.value else { return nil }
        guard let decimal = Decimal(value) else { throw invalid(keyword, "a number") }
        return decimal
    }

    /// A string under a keyword.
    func string(_ keyword: String) throws(SchemaError) -> String? {
        guard let value = member(keyword)?.value else { return nil }
        guard case .string(let text) = value else { throw invalid(keyword, "a string") }
        return text
    }
}
