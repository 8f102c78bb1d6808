package import JSONBytes

/// The types that a schema gives the values at one place of a call's arguments.
///
/// Formats that write arguments as plain text leave it to the schema what a text stands for. Who reads such text and
/// who holds a model to it must take it for the same, so both ask this. It is lenient: schemas that no grammar can be
/// made of say something of types, too. Each place costs time in proportion to the schemas that say something of it.
package struct ArgumentTypes: Sendable {
    /// References and choices within each other, and schemas in all, that are followed at one place.
    private static let limits = (depth: 8, schemas: 64)

    private let root: JSONValue
    /// The schemas that say something of the place.
    private var schemas: [JSONObject] = []
    private var names: Set<String> = []

    /// - Parameter schema: the JSON Schema of a call's arguments.
    package init(_ schema: JSONValue) {
        self.init(root: schema, [schema])
    }

    private init(root: JSONValue, _ schemas: [JSONValue]) {
        self.root = root
        for schema in schemas { collect(schema, depth: 0) }
    }

    /// How to take a text at this place. A place of which the schema says nothing holds text.
    package var kind: ArgumentKind {
        if names.isEmpty || names == ["string"] { return .text }
        return names == ["string", "null"] ? .textOrNull : .value
    }

    /// Whether the schema says nothing of the type.
    package var isUnknown: Bool { names.isEmpty }

    package var mayBeArray: Bool { names.contains("array") }
    package var mayBeObject: Bool { names.contains("object") }

    /// What the schema says of the member of this name.
    package func member(_ name: String) -> ArgumentTypes {
        ArgumentTypes(
            root: root,
            schemas.compactMap { schema in
                if case .object(let properties)? = schema["properties"], let own = properties[name] { return own }
                return schema["additionalProperties"]
            })
    }

    /// What the schema says of members that it doesn't list.
    package var additional: ArgumentTypes {
        ArgumentTypes(root: root, schemas.compactMap { $0["additionalProperties"] })
    }

    /// The names of the members that the schema lists.
    var memberNames: [String] {
        schemas.flatMap { schema -> [String] in
            if case .object(let properties)? = schema["properties"] { properties.keys } else { [] }
        }
    }

    /// What the schema says of an array's elements.
    package var items: ArgumentTypes {
        ArgumentTypes(
            root: root,
            schemas.flatMap { schema -> [JSONValue] in
                let rest = schema["items"].map { [$0] } ?? []
                guard case .array(let first)? = schema["prefixItems"] else { return rest }
                return first + rest
            })
    }

    private mutating func collect(_ schema: JSONValue, depth: Int) {
        guard depth < Self.limits.depth, schemas.count < Self.limits.schemas, case .object(let object) = schema else {
            return
        }
        schemas.append(object)
        switch object["type"] {
        case .string(let name)?: names.insert(name)
        case .array(let list)?:
            for case .string(let name) in list { names.insert(name) }
        default: break
        }
        if object["nullable"] == .bool(true) { names.insert("null") }
        for case .array(let choices)? in [object["anyOf"], object["oneOf"], object["allOf"]] {
            for choice in choices { collect(choice, depth: depth + 1) }
        }
        if case .array(let values)? = object["enum"] {
            for value in values { names.insert(Self.typeName(value)) }
        }
        if let value = object["const"] { names.insert(Self.typeName(value)) }
        if case .string(let reference)? = object["$ref"], let target = SchemaDocument.find(reference, in: root) {
            collect(target.value, depth: depth + 1)
        }
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
