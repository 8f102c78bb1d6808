import JSONBytes

/// Resolves references and choices between schemas, down to constraints that leave no choice.
struct SchemaExpander {
    private let document: SchemaDocument
    /// What has been done so far, in schemas that were read and constraints that were merged. References can make a
    /// small schema take exponentially many.
    private var steps = 0
    /// The pointers of the schemas that are being read, each as a part of the one before, for the same value.
    private var within: Set<String> = []

    init(_ document: SchemaDocument) {
        self.document = document
    }

    /// The ways in which a value can satisfy all of `schemas`; none if it cannot.
    mutating func expand(_ schemas: [Subschema]) throws(SchemaError) -> [Constraints] {
        let outer = within
        within = []
        var result = [Constraints(at: schemas.first?.pointer ?? "#")]
        for schema in schemas { result = try crossed(result, try alternatives(of: schema)) }
        within = outer
        return result
    }

    private mutating func alternatives(of schema: Subschema) throws(SchemaError) -> [Constraints] {
        guard !within.contains(schema.pointer) else {
            throw SchemaError(.invalid("a schema that refers to itself for the same value"), at: schema.pointer)
        }
        if case .bool(let isAllowed) = schema.value { return isAllowed ? [Constraints(at: schema.pointer)] : [] }
        guard case .object(let object) = schema.value else {
            throw SchemaError(.invalid("a schema is an object or a boolean"), at: schema.pointer)
        }
        guard within.count < SchemaLimits.depth else {
            throw SchemaError(.tooLarge(limit: "references in a row", most: SchemaLimits.depth), at: schema.pointer)
        }
        try count(1)
        within.insert(schema.pointer)
        let own = try Constraints(schema, object)
        var result = own.types.isEmpty ? [] : [own]
        if let reference = try schema.string("$ref") {
            let target = try document.resolve(reference, at: schema.pointer)
            result = try crossed(result, try alternatives(of: target))
        }
        for part in try schema.list("allOf") {
            result = try crossed(result, try alternatives(of: part))
        }
        for keyword in ["anyOf", "oneOf"] where object[keyword] != nil {
            var branches: [[Constraints]] = []
            for branch in try schema.list(keyword) {
                branches.append(try alternatives(of: branch))
            }
            if keyword == "oneOf" { try checkExclusion(branches, at: schema.pointer) }
            result = try crossed(result, branches.flatMap { $0 })
        }
        within.remove(schema.pointer)
        return result
    }

    private mutating func count(_ more: Int) throws(SchemaError) {
        steps += more
        guard steps <= SchemaLimits.steps else {
            throw SchemaError(.tooLarge(limit: "steps to resolve its references", most: SchemaLimits.steps), at: "#")
        }
    }

    private mutating func crossed(_ left: [Constraints], _ right: [Constraints]) throws(SchemaError) -> [Constraints] {
        guard left.count * right.count <= SchemaLimits.combinations else {
            throw SchemaError(
                .tooLarge(limit: "combinations of branches", most: SchemaLimits.combinations),
                at: left.first?.pointer ?? "#")
        }
        try count(left.count * right.count)
        var result: [Constraints] = []
        for one in left {
            for other in right {
                if let both = one.merged(with: other) { result.append(both) }
            }
        }
        return result
    }
}

// MARK: - oneOf

extension SchemaExpander {
    /// How deep into required properties a proof of exclusion goes.
    private static let proofDepth = 4

    private mutating func checkExclusion(_ branches: [[Constraints]], at pointer: String) throws(SchemaError) {
        for (index, branch) in branches.enumerated() {
            for other in branches[..<index] where try !exclude(branch, other, depth: Self.proofDepth) {
                throw SchemaError(
                    .unsupported(
                        "oneOf whose branches may hold together (use anyOf, or tell them apart by type, by const, or by "
                            + "a required property)"
                    ),
                    at: pointer)
            }
        }
    }

    private mutating func exclude(
        _ left: [Constraints], _ right: [Constraints], depth: Int
    ) throws(SchemaError) -> Bool {
        try count(left.count * right.count)
        for one in left {
            for other in right where try !exclude(one, other, depth: depth) { return false }
        }
        return true
    }

    private mutating func exclude(_ left: Constraints, _ right: Constraints, depth: Int) throws(SchemaError) -> Bool {
        let types = left.types.intersection(right.types)
        if types.isEmpty { return true }
        if let ours = left.allowed, let theirs = right.allowed {
            return !ours.contains { our in theirs.contains { isEqual(our, $0) } }
        }
        guard types == .object, depth > 0 else { return false }
        for name in left.required + right.required {
            let (ours, theirs) = (try schemas(of: name, in: left), try schemas(of: name, in: right))
            if try exclude(ours, theirs, depth: depth - 1) { return true }
        }
        return false
    }

    /// What the member of this name may be; nothing if it may not be there.
    private mutating func schemas(of name: String, in constraints: Constraints) throws(SchemaError) -> [Constraints] {
        try expand(constraints.members.compactMap { $0.schema(of: name) })
    }

    /// Equality as JSON Schema has it, in which 1.0 is 1.
    private func isEqual(_ left: JSONValue, _ right: JSONValue) -> Bool {
        if let left = Decimal(left), let right = Decimal(right) { return left == right }
        return left == right
    }
}
