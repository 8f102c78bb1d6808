import JSONBytes
import ServingModel

/// Makes the rules of a schema: one for each place, or combination of places, where a value stands.
struct SchemaCompiler {
    private var expander: SchemaExpander
    var builder: GrammarBuilder
    /// The rules by the pointers of the schemas that hold together.
    private var values: [[String]: GrammarRule] = [:]
    /// The rules whose right-hand sides are yet to be made; a queue, so that references may go in circles.
    private var pending: [(rule: GrammarRule, schemas: [Subschema])] = []

    let spelling: ValueSpelling
    /// The texts around arguments; nil where there are none.
    let frame: CallConstraint.Frame?

    private init(_ document: SchemaDocument, in frame: CallConstraint.Frame?, _ builder: GrammarBuilder) {
        spelling = ValueSpelling(of: frame?.arguments ?? .json)
        self.frame = frame
        self.builder = builder
        expander = SchemaExpander(document)
    }

    /// The grammar of a whole document.
    static func compile(_ document: SchemaDocument) throws(SchemaError) -> String {
        var builder = GrammarBuilder()
        let root = try builder.reserve()
        builder.define(root, as: try value(document, into: &builder))
        return try GrammarText.write(builder, root: root)
    }

    /// Adds the rules of a document to a grammar, and returns the one of values that satisfy it.
    static func value(
        _ document: SchemaDocument, into builder: inout GrammarBuilder
    ) throws(SchemaError) -> GrammarExpression {
        var compiler = SchemaCompiler(document, in: nil, builder)
        let value = try compiler.value([document.whole])
        try compiler.finish(&builder)
        return value
    }

    /// Adds the rules of a document to a grammar, and returns the one of arguments that are an object and satisfy it.
    static func arguments(
        _ document: SchemaDocument, in frame: CallConstraint.Frame, into builder: inout GrammarBuilder
    ) throws(SchemaError) -> GrammarExpression {
        var compiler = SchemaCompiler(document, in: frame, builder)
        let schemas = [document.whole, Subschema(value: ["type": "object"], pointer: "")]
        let arguments: GrammarExpression
        switch frame.arguments {
        case .json, .gemma: arguments = try compiler.value(schemas)
        case .python: arguments = try compiler.arguments(schemas, as: .keywords)
        case .tagged(let tagged):
            arguments = try compiler.arguments(schemas, as: .tagged(tagged, ArgumentTypes(document.whole.value)))
        }
        try compiler.finish(&builder)
        return arguments
    }

    /// Makes what is left to be made and hands the rules over.
    private mutating func finish(_ builder: inout GrammarBuilder) throws(SchemaError) {
        while let (rule, schemas) = pending.popLast() {
            var options: [GrammarExpression] = []
            for constraints in try expand(schemas) { options.append(try expression(constraints)) }
            self.builder.define(rule, as: .choice(options))
        }
        builder = self.builder
    }

    /// The ways in which a value can satisfy all of `schemas`.
    mutating func expand(_ schemas: [Subschema]) throws(SchemaError) -> [Constraints] {
        try expander.expand(schemas)
    }

    /// The rule of values that satisfy all of `schemas`.
    mutating func value(_ schemas: [Subschema]) throws(SchemaError) -> GrammarExpression {
        if schemas.isEmpty { return try builder.value(spelling) }
        let key = Set(schemas.map(\.pointer)).sorted()
        if let rule = values[key] { return .rule(rule) }
        let rule = try builder.reserve()
        values[key] = rule
        pending.append((rule, schemas))
        return .rule(rule)
    }

    private mutating func expression(_ constraints: Constraints) throws(SchemaError) -> GrammarExpression {
        if constraints.isUnconstrained { return try builder.value(spelling) }
        if constraints.allowed != nil {
            return try builder.literals(try allowed(constraints).compactMap(spelling.text))
        }
        let types = constraints.types
        var options: [GrammarExpression] = []
        if types.contains(.object) { options.append(try object(constraints)) }
        if types.contains(.array) { options.append(try array(constraints)) }
        if types.contains(.string) { options.append(try string(constraints, spelling)) }
        if types.contains(.integer) {
            options.append(try number(constraints, isInteger: !types.contains(.fraction)))
        }
        if types.contains(.boolean) { options += [.text(spelling.words.yes), .text(spelling.words.no)] }
        if types.contains(.null) { options.append(.text(spelling.words.null)) }
        return .choice(options)
    }

    /// The values of `enum` and `const` that satisfy the other constraints.
    func allowed(_ constraints: Constraints) throws(SchemaError) -> [JSONValue] {
        var held: [JSONValue] = []
        for value in constraints.allowed ?? [] where constraints.types.isSuperset(of: TypeSet(of: value)) {
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
            if isHeld { held.append(value) }
        }
        return held
    }

    func unsupported(_ what: String, _ constraints: Constraints) -> SchemaError {
        SchemaError(.unsupported(what), at: constraints.pointer)
    }

    private mutating func number(
        _ constraints: Constraints, isInteger: Bool
    ) throws(SchemaError) -> GrammarExpression {
        guard constraints.range.isBounded else { return isInteger ? try builder.integer() : try builder.number() }
        return try constraints.range.expression(isInteger: isInteger, at: constraints.pointer)
    }

    mutating func string(
        _ constraints: Constraints, _ spelling: ValueSpelling
    ) throws(SchemaError) -> GrammarExpression {
        guard constraints.constrainsStrings else { return try builder.string(spelling) }
        let content: GrammarExpression
        let hasLength = constraints.minLength > 0 || constraints.maxLength != nil
        switch (hasLength, constraints.patterns.first, constraints.formats.first) {
        case (true, nil, nil):
            let (least, most) = (constraints.minLength, constraints.maxLength)
            guard least <= most ?? .max else { return .never }
            content = try builder.repeated(try builder.stringCharacter(spelling), least: least, most: most)
        case (false, let pattern?, nil) where constraints.patterns.count == 1:
            content = try PatternParser.content(
                of: pattern, at: constraints.pointer, spelling: spelling, into: &builder)
        case (false, nil, let format?) where constraints.formats.count == 1:
            content = try format.content(in: &builder)
        default:
            throw unsupported("more than one of a length, a pattern and a format for one string", constraints)
        }
        return .sequence([spelling.strings.ends.open, content, spelling.strings.ends.close])
    }

    private mutating func array(_ constraints: Constraints) throws(SchemaError) -> GrammarExpression {
        guard constraints.constrainsArrays else { return try builder.array(spelling) }
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
