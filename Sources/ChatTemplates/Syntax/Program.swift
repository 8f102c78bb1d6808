/// A compiled template: tables that refer to each other by position.
final class Program: Sendable {
    let names: [Name]
    let namePlaces: [Text: Int32]
    /// What the names mean before the context is known: a global function or nothing.
    let globals: [Value]
    let constants: [Value]
    let expressions: [Expression]
    let lists: [[ExpressionID]]
    let comparisons: [[Comparison]]
    let slices: [SliceBounds]
    let arguments: [ArgumentList]
    let statements: [Statement]
    /// The line of each statement.
    let lines: [Int32]
    /// The first is the template itself.
    let functions: [Function]

    init(_ builder: ProgramBuilder) {
        names = builder.names
        namePlaces = builder.namePlaces
        globals = builder.names.map { name in
            GlobalFunction(rawValue: name.text.string).map { .function($0) } ?? .missing
        }
        constants = builder.constants
        expressions = builder.expressions
        lists = builder.lists
        comparisons = builder.comparisons
        slices = builder.slices
        arguments = builder.arguments
        statements = builder.statements
        lines = builder.lines
        functions = builder.functions
    }
}
