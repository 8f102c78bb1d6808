import JSONBytes
import ServingModel

extension SchemaCompiler {
    mutating func object(_ constraints: Constraints) throws(SchemaError) -> GrammarExpression {
        guard constraints.constrainsObjects else { return try builder.object(spelling) }
        return .sequence([.text("{"), try members(constraints, as: .object), .text("}")])
    }

    /// Members in the schema's order, then the additional ones.
    ///
    /// The rule for "something came before; what is left of the members from the i-th on" is made once for each i, so
    /// that any number of optional members makes as many rules and not all their combinations.
    mutating func members(
        _ constraints: Constraints, as form: MemberForm
    ) throws(SchemaError) -> GrammarExpression {
        let names = memberNames(constraints)
        guard names.count <= SchemaLimits.members else {
            throw SchemaError(.tooLarge(limit: "members", most: SchemaLimits.members), at: constraints.pointer)
        }
        let required = Set(constraints.required.map { Array($0.utf8) })
        let additional = try additionalMember(constraints, names: names, form)

        var rest = GrammarExpression.empty
        /// The ways to begin, the last member's first.
        var starts = [GrammarExpression.empty]
        if let additional {
            let next = try builder.rule(.sequence([form.separator, additional]))
            rest = .repeated(next, least: 0, most: nil)
            starts.append(.sequence([additional, rest]))
        }
        for name in names.reversed() {
            let schemas = constraints.members.compactMap { $0.schema(of: name) }
            let member = try builder.rule(try member(name, schemas, form, at: constraints.pointer))
            let first = GrammarExpression.sequence([member, rest])
            let next = GrammarExpression.sequence([form.separator, member])
            let isRequired = required.contains(Array(name.utf8))
            if isRequired { starts = [] }
            starts.append(first)
            rest = try builder.rule(.sequence([isRequired ? next : try builder.optional(next), rest]))
        }
        return try builder.rule(.choice(starts.reversed()))
    }

    /// The member of a name that the schema lists.
    private mutating func member(
        _ name: String, _ schemas: [Subschema], _ form: MemberForm, at pointer: String
    ) throws(SchemaError) -> GrammarExpression {
        switch form {
        case .object:
            guard let key = spelling.key(name) else { return .never }
            return .sequence([.text(key + ":"), GrammarBuilder.space, try value(schemas)])
        case .keywords:
            let isWord = !name.isEmpty && name.unicodeScalars.allSatisfy(ValueSpelling.nameCharacters.contains)
            guard isWord else { throw SchemaError(.unsupported("a parameter whose name is no word"), at: pointer) }
            return .sequence([.text(name + "="), try value(schemas)])
        case .tagged(let tagged, let types):
            guard tagged.canHold(key: name) else {
                throw SchemaError(.unsupported("a parameter of this name"), at: pointer)
            }
            return .sequence([
                literal(tagged.beforeKey), .text(name),
                try taggedValue(schemas, types.member(name), tagged, at: pointer),
            ])
        }
    }

    /// The names of `properties` in their order, then those that are only required.
    private func memberNames(_ constraints: Constraints) -> [String] {
        var names = JSONObject()
        for members in constraints.members {
            guard case .object(let properties)? = members.properties?.value else { continue }
            for name in properties.keys { names[name] = .null }
        }
        for name in constraints.required { names[name] = .null }
        return names.keys
    }

    /// One member of another name; nil if there may be none.
    private mutating func additionalMember(
        _ constraints: Constraints, names: [String], _ form: MemberForm
    ) throws(SchemaError) -> GrammarExpression? {
        let schemas = constraints.members.compactMap(\.additional)
        if schemas.isEmpty, constraints.members.contains(where: { $0.properties != nil }) { return nil }
        if schemas.contains(where: { $0.value == .bool(false) }) { return nil }
        let words = ValueSpelling.nameCharacters
        switch form {
        case .object where !spelling.hasBareKeys:
            let key = try keys(except: names, of: spelling.strings.plain, most: nil)
            return try builder.rule(
                .sequence([.text("\""), key, .text("\":"), GrammarBuilder.space, try value(schemas)]))
        case .object:
            let key = try keys(except: names + [""], of: words, most: SchemaLimits.keyCharacters)
            return try builder.rule(.sequence([key, .text(":"), GrammarBuilder.space, try value(schemas)]))
        case .keywords:
            let key = try keys(except: names + [""], of: words, most: SchemaLimits.keyCharacters)
            return try builder.rule(.sequence([key, .text("="), try value(schemas)]))
        case .tagged(let tagged, let types):
            let taken = names + types.memberNames + [""]
            let key = try keys(except: taken, of: words, most: SchemaLimits.keyCharacters)
            let value = try taggedValue(schemas, types.additional, tagged, at: constraints.pointer)
            return try builder.rule(.sequence([literal(tagged.beforeKey), key, value]))
        }
    }

    /// Keys of `characters`, as they are, that are none of `names`: a rule for each node of the names' trie.
    private mutating func keys(
        except names: [String], of characters: CharacterSet, most: Int?
    ) throws(SchemaError) -> GrammarExpression {
        let anything = GrammarExpression.repeated(.character(characters), least: 0, most: most)
        var nodes: [(children: [(Unicode.Scalar, Int)], isName: Bool)] = [([], false)]
        for name in names where name.unicodeScalars.allSatisfy(characters.contains) {
            var node = 0
            for scalar in name.unicodeScalars {
                if let child = nodes[node].children.first(where: { $0.0 == scalar })?.1 {
                    node = child
                    continue
                }
                guard nodes.count < SchemaLimits.rules else {
                    throw SchemaError(.tooLarge(limit: "rules", most: SchemaLimits.rules), at: "#")
                }
                nodes.append(([], false))
                nodes[node].children.append((scalar, nodes.count - 1))
                node = nodes.count - 1
            }
            nodes[node].isName = true
        }
        var rules: [GrammarExpression] = Array(repeating: .never, count: nodes.count)
        for (index, node) in nodes.enumerated().reversed() {
            let taken = CharacterSet(ranges: node.children.map { $0.0.value...$0.0.value })
            var options = node.isName ? [] : [GrammarExpression.empty]
            options.append(.sequence([.character(characters.subtracting(taken)), anything]))
            for (scalar, child) in node.children { options.append(.sequence([.text(String(scalar)), rules[child]])) }
            rules[index] = try builder.rule(.choice(options))
        }
        return rules[0]
    }
}
