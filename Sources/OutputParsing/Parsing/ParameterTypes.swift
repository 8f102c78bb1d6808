import JSONBytes

/// What the schema of a tool's parameters says of their types.
struct ParameterTypes: Sendable {
    private let root: JSONValue
    private let properties: JSONObject

    init(_ schema: JSONValue) {
        root = schema
        properties = schema.member("properties")?.asObject ?? JSONObject()
    }

    /// How to take the text of a parameter; a parameter without a type is text.
    func kind(of key: [UInt8]) -> ValueKind {
        guard let schema = properties[String(decoding: key, as: UTF8.self)] else { return .text }
        var types: Set<String> = []
        collect(schema, depth: 0, into: &types)
        if types.isEmpty || types == ["string"] { return .text }
        return types == ["string", "null"] ? .textOrNull : .value
    }

    private func collect(_ schema: JSONValue, depth: Int, into types: inout Set<String>) {
        guard depth < 8, case .object(let object) = schema else { return }
        switch object["type"] {
        case .string(let name)?: types.insert(name)
        case .array(let names)?:
            for case .string(let name) in names { types.insert(name) }
        default: break
        }
        for case .array(let choices)? in [object["anyOf"], object["oneOf"], object["allOf"]] {
            for choice in choices { collect(choice, depth: depth + 1, into: &types) }
        }
        if case .array(let values)? = object["enum"] {
            for value in values { types.insert(Self.typeName(value)) }
        }
        if let value = object["const"] { types.insert(Self.typeName(value)) }
        if case .string(let path)? = object["$ref"], let target = resolve(path) {
            collect(target, depth: depth + 1, into: &types)
        }
    }

    /// What a reference inside the document, `#/$defs/Name`, refers to.
    private func resolve(_ path: String) -> JSONValue? {
        guard path.utf8.starts(with: "#/".utf8) else { return nil }
        return path.dropFirst(2).split(separator: "/").reduce(root) { $0?.member(String($1)) }
    }

    private static func typeName(_ value: JSONValue) -> String {
        switch value {
        case .string: "string"
        case .null: "null"
        case .bool: "boolean"
        case .integer, .largeInteger, .double: "number"
        case .array: "array"
        case .object: "object"
        }
    }
}

extension JSONValue {
    fileprivate var asObject: JSONObject? {
        if case .object(let object) = self { return object }
        return nil
    }

    fileprivate func member(_ key: String) -> JSONValue? {
        asObject?[key]
    }
}
