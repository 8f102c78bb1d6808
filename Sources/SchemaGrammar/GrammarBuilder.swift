/// The rules of a grammar in the making.
struct GrammarBuilder {
    private(set) var rules: [GrammarExpression?] = []
    private(set) var names: [String?] = []
    private var shared: [String: GrammarRule] = [:]

    /// A rule whose right-hand side comes later.
    mutating func reserve(named name: String? = nil) throws(SchemaError) -> GrammarRule {
        guard rules.count < SchemaLimits.rules else {
            throw SchemaError(.tooLarge(limit: "rules", most: SchemaLimits.rules), at: "#")
        }
        rules.append(nil)
        names.append(name)
        return GrammarRule(index: rules.count - 1)
    }

    mutating func define(_ rule: GrammarRule, as expression: GrammarExpression) {
        rules[rule.index] = expression
    }

    mutating func rule(_ expression: GrammarExpression) throws(SchemaError) -> GrammarExpression {
        let rule = try reserve()
        define(rule, as: expression)
        return .rule(rule)
    }

    /// The rule of this name, made when it is first asked for; it may ask for itself.
    mutating func shared(
        _ name: String, _ make: (inout GrammarBuilder) throws(SchemaError) -> GrammarExpression
    ) throws(SchemaError) -> GrammarExpression {
        if let rule = shared[name] { return .rule(rule) }
        let rule = try reserve(named: name)
        shared[name] = rule
        define(rule, as: try make(&self))
        return .rule(rule)
    }

    /// `expression` as one symbol.
    mutating func symbol(_ expression: GrammarExpression) throws(SchemaError) -> GrammarExpression {
        expression.isSymbol ? expression : try rule(expression)
    }

    mutating func optional(_ expression: GrammarExpression) throws(SchemaError) -> GrammarExpression {
        .repeated(try symbol(expression), least: 0, most: 1)
    }

    /// `expression`, which must not match the empty text, from `least` to `most` times.
    ///
    /// llama.cpp writes a repetition out, a rule or more each time, and takes more than 2000 for no limit at all. So
    /// long ones go by chunks: up to `n` is up to `q - 1` chunks and then up to `chunk + r` single ones, where
    /// n = q · chunk + r.
    mutating func repeated(
        _ expression: GrammarExpression, least: Int, most: Int?
    ) throws(SchemaError) -> GrammarExpression {
        let chunkLength = 64
        let item = try symbol(expression)
        guard max(least, most ?? 0) > 2 * chunkLength else { return .repeated(item, least: least, most: most) }
        let chunk = try rule(.repeated(item, least: chunkLength, most: chunkLength))
        let fixed: [GrammarExpression] = [
            .repeated(chunk, least: least / chunkLength, most: least / chunkLength),
            .repeated(item, least: least % chunkLength, most: least % chunkLength),
        ]
        guard let most else { return .sequence(fixed + [.repeated(item, least: 0, most: nil)]) }
        let (chunks, rest) = (most - least).quotientAndRemainder(dividingBy: chunkLength)
        guard chunks > 0 else { return .sequence(fixed + [.repeated(item, least: 0, most: rest)]) }
        return .sequence(
            fixed + [
                .repeated(chunk, least: 0, most: chunks - 1), .repeated(item, least: 0, most: chunkLength + rest),
            ])
    }
}
