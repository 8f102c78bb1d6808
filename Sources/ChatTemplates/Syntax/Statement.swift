/// A place in `Program.statements`.
typealias StatementID = Int32

/// One statement of a template.
enum Statement {
    /// A literal: a place in `Program.constants`.
    case text(Int32)
    case output(ExpressionID)
    case assign(Target, ExpressionID)
    /// The value is `captured`, with filters if there are any.
    indirect case assignBlock(Target, value: ExpressionID, Scope)
    /// Before the program is complete.
    indirect case conditional([Condition], otherwise: [StatementID])
    /// `count` places in `Program.branches`, and one in `Program.bodies`.
    case choice(first: Int32, count: Int32, otherwise: Int32)
    indirect case loop(Loop)
    /// A recursive loop is a function that renders the loop over its argument.
    case recursiveLoop(function: Int, over: ExpressionID)
    case macro(Target, function: Int)
    case callBlock(call: ExpressionID, function: Int)
    indirect case filterBlock(filter: ExpressionID, Scope)
    indirect case with([(target: Target, value: ExpressionID)], Scope)
    /// What transparent tags such as `generation` hold.
    indirect case scope(Scope)
    /// A tag that would load another file, of which there are none: a place in `Program.names`.
    case load(Int32)
    case breakLoop
    case continueLoop
}

struct Condition {
    let test: ExpressionID
    let body: [StatementID]
}

/// A condition with a place in `Program.bodies`.
struct Branch {
    let test: ExpressionID
    let body: Int32
}
