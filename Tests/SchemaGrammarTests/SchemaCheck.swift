import JSONBytes

/// A plain reading of the keywords that the tests of calls use.
struct SchemaCheck {
    let root: JSONValue

    func allows(_ value: JSONValue) -> Bool { allows(value, by: root) }

    private func allows(_ value: JSONValue, by schema: JSONValue) -> Bool {
        guard case .object(let object) = schema else { return schema != .bool(false) }
        return object.allSatisfy { holds($0, $1, for: value, in: object) }
    }

    private func holds(_ keyword: String, _ rule: JSONValue, for value: JSONValue, in schema: JSONObject) -> Bool {
        switch (keyword, rule, value) {
        case ("$ref", .string(let path), _):
            let target = path.dropFirst(2).split(separator: "/").reduce(Optional(root)) { found, part in
                Self.member(found, String(part.replacing("~1", with: "/")))
            }
            return target.map { allows(value, by: $0) } ?? false
        case ("anyOf", .array(let choices), _): return choices.contains { allows(value, by: $0) }
        case ("enum", .array(let values), _): return values.contains(value)
        case ("type", .string(let name), _): return Self.has(value, type: name)
        case ("type", .array(let names), _): return names.contains { Self.has(value, type: Self.text($0)) }
        case ("minimum", .integer(let least), .integer(let number)): return number >= least
        case ("maximum", .integer(let most), .integer(let number)): return number <= most
        case ("minLength", .integer(let least), .string(let text)): return text.unicodeScalars.count >= least
        case ("maxLength", .integer(let most), .string(let text)): return text.unicodeScalars.count <= most
        case ("pattern", .string(let pattern), .string(let text)):
            guard let regex = try? Regex(pattern) else { return false }
            return text.contains(regex)
        case ("minItems", .integer(let least), .array(let elements)): return elements.count >= least
        case ("items", _, .array(let elements)): return elements.allSatisfy { allows($0, by: rule) }
        case ("required", .array(let names), .object(let object)):
            return names.allSatisfy { object[Self.text($0)] != nil }
        case ("properties", .object(let properties), .object(let object)):
            return object.allSatisfy { name, value in properties[name].map { allows(value, by: $0) } ?? true }
        case ("additionalProperties", _, .object(let object)):
            return object.allSatisfy { name, value in
                Self.member(schema["properties"], name) != nil || allows(value, by: rule)
            }
        default: return true
        }
    }

    private static func member(_ value: JSONValue?, _ name: String) -> JSONValue? {
        if case .object(let object)? = value { object[name] } else { nil }
    }

    private static func text(_ value: JSONValue) -> String {
        if case .string(let text) = value { text } else { "" }
    }

    private static func has(_ value: JSONValue, type: String) -> Bool {
        switch (type, value) {
        case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array), ("object", .object),
            ("integer", .integer), ("integer", .largeInteger), ("number", .integer), ("number", .largeInteger),
            ("number", .double):
            true
        case ("integer", .double(let number)): number == number.rounded()
        default: false
        }
    }
}
