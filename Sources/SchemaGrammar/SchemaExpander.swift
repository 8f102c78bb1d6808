import JSONBytes

/// Resolves references and choices between schemas, down to constraints that leave no choice.
struct SchemaExpander {
    let document: SchemaDocument

    /// The ways in which a value can satisfy all of `schemas`; none if it cannot.
    func expand(_ schemas: [Subschema]) throws(SchemaError) -> [Constraints] {
        var result = [Constraints(at: schemas.first?.pointer ?? "#")]
        for schema in schemas { result = try crossed(result, try alternatives(of: schema, within: [])) }
        return result
    }

    /// `within` holds the pointers of the schemas that this one is a part of, for the same value.
    private func alternatives(of schema: Subschema, within: Set<String>) throws(SchemaError) -> [Constraints] {
        guard !within.contains(schema.pointer) else {
            throw SchemaError(.invalid("a schema that refers to itself for the same value"), at: schema.pointer)
        }
        if case .bool(let isAllowed) = schema.value { return isAllowed ? [Constraints(at: schema.pointer)] : [] }
        guard case .object(let object) = schema.value else {
            throw SchemaError(.invalid("a schema is an object or a boolean"), at: schema.pointer)
        }
        let within = within.union([schema.pointer])
        let own = try Constraints(schema, object)
        var result = own.types.isEmpty ? [] : [own]
        if let reference = try schema.string("$ref") {
            let target = try document.resolve(reference, at: schema.pointer)
            result = try crossed(result, try alternatives(of: target, within: within))
        }
        for part in try schema.list("allOf") {
            result = try crossed(result, try alternatives(of: part, within: within))
        }
        for keyword in ["anyOf", "oneOf"] where object[keyword] != nil {
            var branches: [[Constraints]] = []
            for branch in try schema.list(keyword) {
                branches.append(try alternatives(of: branch, within: within))
            }
            if keyword == "oneOf" { try checkExclusion(branches, at: schema.pointer) }
            result = try crossed(result, branches.flatMap { $0 })
        }
        return result
    }

    private func crossed(_ left: [Constraints], _ right: [Constraints]) throws(SchemaError) -> [Constraints] {
        guard left.count * right.count <= SchemaLimits.combinations else {
            throw SchemaError(
                .tooLarge(limit: "combinations of branches", most: SchemaLimits.combinations),
                at: left.first?.pointer ?? "#")
        }
        var result: [Constraints] = []
        for one in left {
            for other in right {
                if let both = try one.merged(with: other) { result.append(both) }
            }
        }
        return result
    }
}

// MARK: - oneOf

extension SchemaExpander {
    /// How deep into required properties a proof of exclusion goes.
    private static let proofDepth = 4

    private func checkExclusion(_ branches: [[Constraints]], at pointer: String) throws(SchemaError) {
        for (index, branch) in branches.enumerated() {
            for other in branches[..<index] where try !exclude(branch, other, depth: Self.proofDepth) {
                throw SchemaError(
                    .unsupported(
                        "oneOf whose branches may hold together (use anyOf, or tell them apart by type, const or a required property)"
                    ),
                    at: pointer)
            }
        }
    }

    private func exclude(_ left: [Constraints], _ right: [Constraints], depth: Int) throws(SchemaError) -> Bool {
        for one in left {
            for other in right where try !exclude(one, other, depth: depth) { return false }
        }
        return true
    }

    private func exclude(_ left: Constraints, _ right: Constraints, depth: Int) throws(SchemaError) -> Bool {
        let types = left.types.intersection(right.types)
        if types.isEmpty { return true }
        if let ours = left.allowed, let theirs = right.allowed {
            return !ours.contains { our in theirs.contains { isEqual(our, $0) } }
        }
        guard types == .object, depth > 0 else { return false }
        for name in Set(left.required).union(right.required) {
            if try exclude(schemas(of: name, in: left), schemas(of: name, in: right), depth: depth - 1) { return true }
        }
        return false
    }

    /// What `name` may hold where it is present. Both sides need not have it: one that must and one that cannot do.
    private func schemas(of name: String, in constraints: Constraints) throws(SchemaError) -> [Constraints] {
        try expand(constraints.members.compactMap { $0.schema(of: name) })
    }

    /// Equality as JSON Schema has it, in which 1.0 is 1.
    private func isEqual(_ left: JSONValue, _ right: JSONValue) -> Bool {
        if let left = Decimal(left), let right = Decimal(right) { return left == right }
        return left == right
    }
}

extension Constraints.Members {
    /// What this schema says of the member of this name.
    func schema(of name: String) -> Subschema? {
        properties.first { $0.name == name }?.schema ?? additional
    }
}
