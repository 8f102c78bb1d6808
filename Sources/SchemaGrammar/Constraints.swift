import JSONBytes

/// What several schemas together, none of which leaves a choice between schemas, demand of one value.
struct Constraints {
    /// What one schema says of objects.
    struct Members {
        /// The value of `properties`, an object.
        var properties: Subschema?
        var additional: Subschema?

        /// What it says of the member of this name.
        func schema(of name: String) -> Subschema? { properties?.member(name) ?? additional }
    }

    /// What one schema says of arrays.
    struct Items {
        var prefix: [Subschema] = []
        var rest: Subschema?
    }

    /// The pointer of the first schema; errors name it.
    let pointer: String
    var types = TypeSet.all
    /// The values of `enum` and `const`.
    var allowed: [JSONValue]?

    var range = NumberRange()
    var minLength = 0
    var maxLength: Int?
    var patterns: [String] = []
    var formats: [StringFormat] = []
    var members: [Members] = []
    var required: [String] = []
    var items: [Items] = []
    var minItems = 0
    var maxItems: Int?

    init(at pointer: String) {
        self.pointer = pointer
    }

    /// Reads the keywords of one schema that say something of the value itself.
    init(_ schema: Subschema, _ object: JSONObject) throws(SchemaError) {
        pointer = schema.pointer
        for (name, value) in object { try Self.check(name, value, of: schema) }
        try readTypes(schema, object)
        try readNumbers(schema)
        minLength = try schema.count("minLength") ?? 0
        maxLength = try schema.count("maxLength")
        if let pattern = try schema.string("pattern") { patterns = [pattern] }
        if let format = try schema.string("format").flatMap(StringFormat.init) { formats = [format] }
        try readMembers(schema, object)
        try readItems(schema, object)
    }

    /// Both demands together; nil if their types exclude each other.
    func merged(with other: Constraints) -> Constraints? {
        var result = self
        result.types.formIntersection(other.types)
        guard !result.types.isEmpty else { return nil }
        if let theirs = other.allowed {
            result.allowed = result.allowed.map { ours in ours.filter(theirs.contains) } ?? theirs
        }
        if let bound = other.range.lower { result.range.raise(to: bound) }
        if let bound = other.range.upper { result.range.cut(to: bound) }
        result.minLength = max(minLength, other.minLength)
        result.maxLength = [maxLength, other.maxLength].compactMap { $0 }.min()
        result.patterns += other.patterns.filter { !patterns.contains($0) }
        result.formats += other.formats.filter { !formats.contains($0) }
        result.members += other.members
        result.required += other.required
        result.items += other.items
        result.minItems = max(minItems, other.minItems)
        result.maxItems = [maxItems, other.maxItems].compactMap { $0 }.min()
        return result
    }

    /// The type's own keywords, apart from those that are in force for no value of these types.
    var constrainsStrings: Bool { minLength > 0 || maxLength != nil || !patterns.isEmpty || !formats.isEmpty }
    var constrainsObjects: Bool { !members.isEmpty || !required.isEmpty }
    var constrainsArrays: Bool { !items.isEmpty || minItems > 0 || maxItems != nil }
    var isUnconstrained: Bool {
        types == .all && allowed == nil && !range.isBounded && !constrainsStrings && !constrainsObjects
            && !constrainsArrays
    }
}

// MARK: - Reading

extension Constraints {
    private static func check(_ name: String, _ value: JSONValue, of schema: Subschema) throws(SchemaError) {
        guard let keyword = SchemaKeyword.named(name) else { return }
        let isHarmless: Bool
        switch name {
        case "uniqueItems": isHarmless = value == .bool(false)
        case "minProperties": isHarmless = value == .integer(0)
        case "multipleOf":
            isHarmless =
                Decimal(value) == Decimal(.integer(1)) && schema.member("type")?.value == .string("integer")
        default: isHarmless = keyword.treatment != .refused
        }
        guard isHarmless else {
            let advice = keyword.note.isEmpty ? "" : " (\(keyword.note))"
            throw SchemaError(.unsupported(name + advice), at: schema.pointer)
        }
    }

    private mutating func readTypes(_ schema: Subschema, _ object: JSONObject) throws(SchemaError) {
        if let value = object["type"] {
            types = []
            let names: [JSONValue] = if case .array(let names) = value { names } else { [value] }
            for name in names {
                guard case .string(let name) = name, let type = TypeSet(named: name) else {
                    throw schema.invalid("type", "a type's name or an array of them")
                }
                types.formUnion(type)
            }
            if object["nullable"] == .bool(true) { types.formUnion(.null) }
        }
        if let constant = object["const"] { allowed = [constant] }
        if let value = object["enum"] {
            guard case .array(let members) = value else { throw schema.invalid("enum", "an array") }
            guard members.count <= SchemaLimits.enumMembers else {
                throw SchemaError(
                    .tooLarge(limit: "members of enum", most: SchemaLimits.enumMembers), at: schema.pointer)
            }
            allowed = allowed.map { $0.filter(members.contains) } ?? members
        }
        if let allowed { types.formIntersection(allowed.reduce(into: []) { $0.formUnion(TypeSet(of: $1)) }) }
    }

    private mutating func readNumbers(_ schema: Subschema) throws(SchemaError) {
        for (keyword, isExclusive) in [("minimum", false), ("exclusiveMinimum", true)] {
            if let value = try schema.decimal(keyword) {
                range.raise(to: .init(value: value, isExclusive: isExclusive))
            }
        }
        for (keyword, isExclusive) in [("maximum", false), ("exclusiveMaximum", true)] {
            if let value = try schema.decimal(keyword) { range.cut(to: .init(value: value, isExclusive: isExclusive)) }
        }
    }

    private mutating func readMembers(_ schema: Subschema, _ object: JSONObject) throws(SchemaError) {
        var says = Members()
        if let properties = schema.member("properties") {
            guard case .object(let members) = properties.value else {
                throw schema.invalid("properties", "an object of schemas")
            }
            if !members.isEmpty { says.properties = properties }
        }
        says.additional = schema.member("additionalProperties")
        if says.properties != nil || says.additional != nil { members = [says] }
        guard let value = object["required"] else { return }
        guard case .array(let names) = value else { throw schema.invalid("required", "an array of names") }
        for name in names {
            guard case .string(let name) = name else { throw schema.invalid("required", "an array of names") }
            required.append(name)
        }
    }

    private mutating func readItems(_ schema: Subschema, _ object: JSONObject) throws(SchemaError) {
        let says = Items(prefix: try schema.list("prefixItems"), rest: schema.member("items"))
        if case .array? = says.rest?.value {
            throw SchemaError(.unsupported("items as an array (use prefixItems)"), at: schema.pointer)
        }
        if !says.prefix.isEmpty || says.rest != nil { items = [says] }
        minItems = try schema.count("minItems") ?? 0
        maxItems = try schema.count("maxItems")
    }
}
