import JSONBytes

/// Makes the rules of a schema: one for each place, or combination of places, where a value stands.
struct SchemaCompiler {
    private var expander: SchemaExpander
    var builder: GrammarBuilder
    /// The rules by the pointers of the schemas that hold together.
    private var values: [[String]: GrammarRule] = [:]
    /// The rules whose right-hand sides are yet to be made; a queue, so that references may go in circles.
    private var pending: [(rule: GrammarRule, schemas: [Subschema])] = []

    private init(_ document: SchemaDocument, _ builder: GrammarBuilder) {
        self.builder = builder
        expander = SchemaExpander(document)
    }

    /// The grammar of a whole document.
    static func compile(_ document: SchemaDocument) throws(SchemaError) -> String {
        var builder = GrammarBuilder()
        let root = try rule([document.whole], of: document, into: &builder)
        return try GrammarText.write(builder, root: root)
    }

    /// Adds the rules of a document to a grammar, and returns the one of values that satisfy it.
    static func value(
        _ document: SchemaDocument, into builder: inout GrammarBuilder
    ) throws(SchemaError) -> GrammarExpression {
        .rule(try rule([document.whole], of: document, into: &builder))
    }

    /// Adds the rules of a document to a grammar, and returns the one of objects that satisfy it.
    static func object(
        _ document: SchemaDocument, into builder: inout GrammarBuilder
    ) throws(SchemaError) -> GrammarExpression {
        let object = Subschema(value: ["type": "object"], pointer: "")
        return .rule(try rule([document.whole, object], of: document, into: &builder))
    }

    private static func rule(
        _ schemas: [Subschema], of document: SchemaDocument, into builder: inout GrammarBuilder
    ) throws(SchemaError) -> GrammarRule {
        var compiler = SchemaCompiler(document, builder)
        let root = try compiler.builder.reserve()
        compiler.pending.append((root, schemas))
        while let (rule, schemas) = compiler.pending.popLast() {
            var options: [GrammarExpression] = []
            for constraints in try compiler.expander.expand(schemas) {
                options.append(try compiler.expression(constraints))
            }
            compiler.builder.define(rule, as: .choice(options))
        }
        builder = compiler.builder
        return root
    }

    /// The rule of values that satisfy all of `schemas`.
    mutating func value(_ schemas: [Subschema]) throws(SchemaError) -> GrammarExpression {
        if schemas.isEmpty { return try builder.value() }
        let key = Set(schemas.map(\.pointer)).sorted()
        if let rule = values[key] { return .rule(rule) }
        let rule = try builder.reserve()
        values[key] = rule
        pending.append((rule, schemas))
        return .rule(rule)
    }

    private mutating func expression(_ constraints: Constraints) throws(SchemaError) -> GrammarExpression {
        if constraints.isUnconstrained { return try builder.value() }
        if let allowed = constraints.allowed { return try literals(allowed, constraints) }
        let types = constraints.types
        var options: [GrammarExpression] = []
        if types.contains(.object) { options.append(try object(constraints)) }
        if types.contains(.array) { options.append(try array(constraints)) }
        if types.contains(.string) { options.append(try string(constraints)) }
        if types.contains(.integer) {
            options.append(try number(constraints, isInteger: !types.contains(.fraction)))
        }
        if types.contains(.boolean) { options += [.text("true"), .text("false")] }
        if types.contains(.null) { options.append(.text("null")) }
        return .choice(options)
    }

    private mutating func literals(
        _ allowed: [JSONValue], _ constraints: Constraints
    ) throws(SchemaError) -> GrammarExpression {
        var texts: [String] = []
        for value in allowed where constraints.types.isSuperset(of: TypeSet(of: value)) {
            let isHeld: Bool
            switch value {
            case .string(let text):
                guard constraints.patterns.isEmpty, constraints.formats.isEmpty else {
                    throw unsupported("enum or const beside pattern or format", constraints)
                }
                let length = text.unicodeScalars.count
                isHeld = length >= constraints.minLength && length <= constraints.maxLength ?? .max
            case .integer, .largeInteger, .double: isHeld = Decimal(value).map(constraints.range.contains) ?? false
            case .array:
                guard !constraints.constrainsArrays else {
                    throw unsupported("an array in enum or const beside other constraints on it", constraints)
                }
                isHeld = true
            case .object:
                guard !constraints.constrainsObjects else {
                    throw unsupported("an object in enum or const beside other constraints on it", constraints)
                }
                isHeld = true
            case .null, .bool: isHeld = true
            }
            if isHeld { texts.append(value.text) }
        }
        return try builder.literals(texts)
    }

    private func unsupported(_ what: String, _ constraints: Constraints) -> SchemaError {
        SchemaError(.unsupported(what), at: constraints.pointer)
    }

    private mutating func number(
        _ constraints: Constraints, isInteger: Bool
    ) throws(SchemaError) -> GrammarExpression {
        guard constraints.range.isBounded else { return isInteger ? try builder.integer() : try builder.number() }
        return try constraints.range.expression(isInteger: isInteger, at: constraints.pointer)
    }

    private mutating func string(_ constraints: Constraints) throws(SchemaError) -> GrammarExpression {
        guard constraints.constrainsStrings else { return try builder.string() }
        let content: GrammarExpression
        let hasLength = constraints.minLength > 0 || constraints.maxLength != nil
        switch (hasLength, constraints.patterns.first, constraints.formats.first) {
        case (true, nil, nil):
            let (least, most) = (constraints.minLength, constraints.maxLength)
            guard least <= most ?? .max else { return .never }
            content = try builder.repeated(try builder.stringCharacter(), least: least, most: most)
        case (false, let pattern?, nil) where constraints.patterns.count == 1:
            content = try PatternParser.content(of: pattern, at: constraints.pointer, into: &builder)
        case (false, nil, let format?) where constraints.formats.count == 1:
            content = try format.content(in: &builder)
        default:
            throw unsupported("more than one of a length, a pattern and a format for one string", constraints)
        }
        return .sequence([.text("\""), content, .text("\"")])
    }

    private mutating func array(_ constraints: Constraints) throws(SchemaError) -> GrammarExpression {
        guard constraints.constrainsArrays else { return try builder.array() }
        let (least, most) = (constraints.minItems, constraints.maxItems)
        guard least <= most ?? .max else { return .never }
        let prefixCount = min(constraints.items.map(\.prefix.count).max() ?? 0, most ?? .max)
        guard prefixCount <= SchemaLimits.members else {
            throw SchemaError(.tooLarge(limit: "prefix items", most: SchemaLimits.members), at: constraints.pointer)
        }
        let item = try value(constraints.items.compactMap(\.rest))
        let nextItem = try builder.rule(.sequence([GrammarBuilder.comma, item]))
        let fixed = max(prefixCount, 1)
        var rest = GrammarExpression.empty
        if most ?? .max > fixed {
            rest = try builder.repeated(nextItem, least: max(least - fixed, 0), most: most.map { $0 - fixed })
        }
        for index in stride(from: fixed - 1, through: 0, by: -1) {
            let element =
                index < prefixCount
                ? try value(
                    constraints.items.compactMap { $0.prefix.indices.contains(index) ? $0.prefix[index] : $0.rest })
                : item
            rest = try builder.rule(.sequence([index > 0 ? GrammarBuilder.comma : .empty, element, rest]))
            if index >= least { rest = try builder.optional(rest) }
        }
        return .sequence([.text("["), most == 0 ? .empty : rest, .text("]")])
    }
}
