package import JSONBytes
package import ServingModel

/// A grammar of function calls in a model's notation.
///
/// Every text that it matches is read, in that notation, as calls whose arguments satisfy the functions' schemas. Made
/// by adding the functions one by one, so that a schema that cannot be held to is told from the others.
package struct CallGrammar {
    private let frame: CallConstraint.Frame
    private var builder = GrammarBuilder()
    private var calls: [GrammarExpression] = []
    private var alternatives: [GrammarExpression] = []

    package init(_ frame: CallConstraint.Frame) {
        self.frame = frame
    }

    /// Adds a function whose arguments are an object that satisfies `parameters`. If it throws, nothing is added.
    package mutating func add(function name: String, parameters: JSONValue) throws(SchemaError) {
        let document = try SchemaDocument(parameters)
        let arguments = try SchemaCompiler.arguments(document, in: frame, into: &builder)
        var parts: [GrammarExpression] = []
        if let after = frame.afterID {
            let id = GrammarExpression.character(ValueSpelling.nameCharacters)
            parts += [.repeated(id, least: 1, most: SchemaLimits.keyCharacters), frame.literal(after)]
        }
        parts.append(.text(name))
        if let between = frame.betweenNames { parts += [frame.literal(between), .text(name)] }
        if let before = frame.beforeNumber {
            parts += [frame.literal(before), .repeated(.digit, least: 1, most: 3)]
        }
        calls.append(
            .sequence(parts + [frame.literal(frame.beforeArguments), arguments, frame.literal(frame.afterArguments)]))
    }

    /// Allows JSON in place of the calls.
    package mutating func add(alternative schema: JSONValue) throws(SchemaError) {
        alternatives.append(try SchemaCompiler.value(try SchemaDocument(schema), into: &builder))
    }

    /// The grammar of one to `most` calls.
    ///
    /// - Parameter prefix: what the text has begun with already, of what stands before the first name.
    package consuming func text(most: Int, behind prefix: String = "") throws(SchemaError) -> String {
        precondition(most > 0, "a grammar of no calls is none")
        let call = try builder.rule(.choice(calls))
        let begin = (frame.opening + frame.beforeName).unicodeScalars.dropFirst(prefix.unicodeScalars.count)
        var parts = [frame.literal(String(begin)), call]
        if most > 1 {
            let next = try builder.rule(.sequence([frame.literal(frame.between + frame.beforeName), call]))
            parts.append(.repeated(next, least: 0, most: most - 1))
        }
        parts.append(frame.literal(frame.closing))
        let root = try builder.reserve()
        builder.define(root, as: .choice([.sequence(parts)] + alternatives))
        return try GrammarText.write(builder, root: root)
    }
}

extension CallConstraint.Frame {
    /// A text of the frame, in which line feeds may be optional.
    func literal(_ text: String) -> GrammarExpression {
        guard mayOmitLineFeeds else { return .text(text) }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let parts = lines.map { [GrammarExpression.text(String($0))] }
        return .sequence(Array(parts.joined(separator: [.repeated(.text("\n"), least: 0, most: 1)])))
    }
}
