import JSONBytes
import ServingModel

/// Arguments that are written otherwise than as one value.
extension SchemaCompiler {
    /// The members of objects that satisfy all of `schemas`.
    mutating func arguments(
        _ schemas: [Subschema], as form: MemberForm
    ) throws(SchemaError) -> GrammarExpression {
        var options: [GrammarExpression] = []
        for constraints in try expand(schemas) {
            guard constraints.allowed == nil else {
                throw unsupported("enum or const of all arguments together, in this model's notation", constraints)
            }
            options.append(try members(constraints, as: form))
        }
        return .choice(options)
    }

    /// What follows the key of an argument between tags.
    mutating func taggedValue(
        _ schemas: [Subschema], _ types: ArgumentTypes, _ tagged: TaggedArguments, at pointer: String
    ) throws(SchemaError) -> GrammarExpression {
        let value: GrammarExpression
        switch tagged.note {
        case .none:
            value =
                switch types.kind {
                case .value: .sequence([try self.value(schemas), .text(tagged.afterValue)])
                case .text: try text(schemas, tagged).text
                case .textOrNull: try textOrNull(schemas, tagged, at: pointer)
                }
        case .isString:
            let other = try self.value(schemas + [Self.values(of: "null", "boolean", "number", "array", "object")])
            value = .choice([
                .sequence([.text("true" + tagged.beforeValue), try text(schemas, tagged).text]),
                .sequence([.text("false" + tagged.beforeValue), other, .text(tagged.afterValue)]),
            ])
        case .name:
            var options = [
                GrammarExpression.sequence([
                    .text("string" + tagged.beforeValue), try text(schemas, tagged).text,
                ])
            ]
            for name in ["null", "boolean", "number", "array", "object"] {
                let other = try self.value(schemas + [Self.values(of: name)])
                options.append(.sequence([.text(name + tagged.beforeValue), other, .text(tagged.afterValue)]))
            }
            value = .choice(options)
        }
        let before = tagged.note == .none ? tagged.beforeValue : ""
        return .sequence([literal(tagged.afterKey + before), try builder.rule(value), literal(tagged.afterArgument)])
    }

    /// A text of the frame.
    func literal(_ text: String) -> GrammarExpression { frame?.literal(text) ?? .text(text) }

    /// A schema of some types, told from all others by its pointer.
    private static func values(of types: String...) -> Subschema {
        Subschema(
            value: ["type": .array(types.map(JSONValue.string))], pointer: "types " + types.joined(separator: " "))
    }

    /// The strings that satisfy all of `schemas`, up to the end of the argument's value, and whether null does, too.
    private mutating func text(
        _ schemas: [Subschema], _ tagged: TaggedArguments
    ) throws(SchemaError) -> (text: GrammarExpression, mayBeNull: Bool) {
        var options: [GrammarExpression] = []
        var mayBeNull = false
        for constraints in try expand(schemas) {
            var literals: [String]?
            if constraints.allowed == nil {
                mayBeNull = mayBeNull || constraints.types.contains(.null)
            } else {
                let allowed = try allowed(constraints)
                mayBeNull = mayBeNull || allowed.contains(.null)
                literals = allowed.compactMap { if case .string(let text) = $0 { text } else { nil } }
            }
            for spelling in ValueSpelling.text(in: tagged) {
                if let literals {
                    options.append(try builder.literals(literals.compactMap(spelling.strings.text)))
                } else if constraints.types.contains(.string) {
                    options.append(try string(constraints, spelling))
                }
            }
        }
        return (.choice(options), mayBeNull)
    }

    /// Strings and `null`, which stands for itself: so a string of this text must not be where null must not be.
    private mutating func textOrNull(
        _ schemas: [Subschema], _ tagged: TaggedArguments, at pointer: String
    ) throws(SchemaError) -> GrammarExpression {
        let (text, mayBeNull) = try text(schemas, tagged)
        guard mayBeNull else {
            throw SchemaError(.unsupported("a type of null where nothing allows it"), at: pointer)
        }
        return .choice([.text("null" + tagged.afterValue), text])
    }
}

extension ValueSpelling {
    /// How values are written inside of arguments.
    init(of notation: ArgumentNotation) {
        switch notation {
        case .json: self = .json
        case .python: self = .python
        case .gemma: self = .gemma
        case .tagged(let tagged): self = .json(without: StringSpelling.PlainText(end: tagged.afterValue).mark)
        }
    }

    /// The ways to write a string between tags.
    static func text(in tagged: TaggedArguments) -> [ValueSpelling] {
        var text = StringSpelling.PlainText(end: tagged.afterValue, losesLineFeeds: tagged.losesLineFeeds)
        guard let verbatim = tagged.verbatim else { return [ValueSpelling(prefix: "text-", strings: .plain(text))] }
        text.isSimple = true
        let whole = StringSpelling.PlainText(open: verbatim.open, end: verbatim.close + tagged.afterValue)
        return [
            ValueSpelling(prefix: "text-", strings: .plain(text)),
            ValueSpelling(prefix: "verbatim-", strings: .plain(whole)),
        ]
    }
}

extension TaggedArguments {
    /// Whether a name can stand between the tags of a key, where it is read up to what ends it.
    func canHold(key name: String) -> Bool {
        guard let first = name.unicodeScalars.first, let last = name.unicodeScalars.last else { return false }
        if first.properties.isWhitespace || last.properties.isWhitespace { return false }
        return name.utf8.count < SchemaLimits.nameBytes
            && !name.unicodeScalars.contains { $0 == afterKey.unicodeScalars.first }
    }
}
