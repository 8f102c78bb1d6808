/// A place in `Program.statements`.
typealias StatementID = Int32

/// One statement of a template.
indirect enum Statement {
    /// A literal: a place in `Program.constants`.
    case text(Int32)
    case output(ExpressionID)
    case assign(Target, ExpressionID)
    /// The value is `captured`, with filters if there are any.
    case assignBlock(Target, value: ExpressionID, Scope)
    case conditional([Branch], otherwise: [StatementID])
    case loop(Loop)
    /// A recursive loop is a function that renders the loop over its argument.
    case recursiveLoop(function: Int, over: ExpressionID)
    case macro(Target, function: Int)
    case callBlock(call: ExpressionID, function: Int)
    case filterBlock(filter: ExpressionID, Scope)
    case with([(target: Target, value: ExpressionID)], Scope)
    /// What transparent tags such as `generation` hold.
    case scope(Scope)
    case breakLoop
    case continueLoop
}

struct Branch {
    let test: ExpressionID
    let body: [StatementID]
}
