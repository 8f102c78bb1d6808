/// A compiled template: tables that refer to each other by position.
final class Program: Sendable {
    let names: [Name]
    let namePlaces: [Text: Int32]
    /// What the names mean before the context is known: a global function or nothing.
    let globals: [Value]
    let constants: Cells
    let expressions: [Expression]
    let lists: [[ExpressionID]]
    let comparisons: [[Comparison]]
    let slices: [SliceBounds]
    let arguments: [ArgumentList]
    /// What `choice` statements choose from.
    let branches: [Branch]
    /// What `choice` statements run.
    let bodies: [[StatementID]]
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
        constants = Cells(builder.constants)
        expressions = builder.expressions
        lists = builder.lists
        comparisons = builder.comparisons
        slices = builder.slices
        arguments = builder.arguments
        var (branches, bodies): ([Branch], [[StatementID]]) = ([], [])
        statements = builder.statements.map { statement in
            guard case .conditional(let conditions, let otherwise) = statement else { return statement }
            let first = Int32(branches.count)
            for condition in conditions {
                branches.append(Branch(test: condition.test, body: Int32(bodies.count)))
                bodies.append(condition.body)
            }
            bodies.append(otherwise)
            return .choice(first: first, count: Int32(conditions.count), otherwise: Int32(bodies.count - 1))
        }
        self.branches = branches
        self.bodies = bodies
        lines = builder.lines
        functions = builder.functions
    }
}
