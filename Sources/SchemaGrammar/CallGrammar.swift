package import JSONBytes

/// A grammar of function calls: literal text around the name and the JSON arguments of each.
///
/// Made by adding the functions one by one, so that a schema that cannot be held to is told from the others.
package struct CallGrammar {
    private let beforeArguments: String
    private let afterArguments: String
    private var builder = GrammarBuilder()
    private var calls: [GrammarExpression] = []
    private var alternatives: [GrammarExpression] = []

    /// - Parameters:
    ///   - beforeArguments: what follows a function's name in a call.
    ///   - afterArguments: what ends a call.
    package init(beforeArguments: String, afterArguments: String) {
        self.beforeArguments = beforeArguments
        self.afterArguments = afterArguments
    }

    /// Adds a function whose arguments are an object that satisfies `parameters`. If it throws, nothing is added.
    package mutating func add(function name: String, parameters: JSONValue) throws(SchemaError) {
        let arguments = try SchemaCompiler.object(try SchemaDocument(parameters), into: &builder)
        calls.append(.sequence([.text(name + beforeArguments), arguments, .text(afterArguments)]))
    }

    /// Allows JSON in place of the calls.
    package mutating func add(alternative schema: JSONValue) throws(SchemaError) {
        alternatives.append(try SchemaCompiler.value(try SchemaDocument(schema), into: &builder))
    }

    /// The grammar of one to `most` calls.
    ///
    /// - Parameters:
    ///   - opening: what stands before the first call, up to its name.
    ///   - between: what stands between a call and the next one's name.
    ///   - closing: what stands behind the last call.
    package consuming func text(
        opening: String, between: String, closing: String, most: Int
    ) throws(SchemaError) -> String {
        precondition(most > 0, "a grammar of no calls is none")
        let call = try builder.rule(.choice(calls))
        var parts = [GrammarExpression.text(opening), call]
        if most > 1 {
            let next = try builder.rule(.sequence([.text(between), call]))
            parts.append(.repeated(next, least: 0, most: most - 1))
        }
        parts.append(.text(closing))
        let root = try builder.reserve()
        builder.define(root, as: .choice([.sequence(parts)] + alternatives))
        return try GrammarText.write(builder, root: root)
    }
}
