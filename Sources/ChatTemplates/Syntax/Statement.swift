/// A place in `Program.statements`.
typealias StatementID = Int32

/// One statement of a template.
indirect enum Statement {
    /// A literal: a place in `Program.constants`.
    case text(Int32)
    case output(ExpressionID)
    case assign(Target, ExpressionID)
    /// The filter is applied to `captured`.
    case assignBlock(Target, filter: ExpressionID?, Scope)
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

/// Statements whose assignments are not seen outside.
struct Scope {
    var body: [StatementID]
    /// What happens to the scope's slots on entry; scope resolution fills it in.
    var loads: [SlotLoad] = []
}

/// The first value of a slot when its scope is entered.
struct SlotLoad {
    let slot: Int32
    /// Nil where the slot starts as missing.
    let source: Variable?
}

struct Loop {
    var target: Target
    var over: ExpressionID
    var test: ExpressionID?
    /// Where the test finds the item; the test may run ahead of the body.
    var testTarget: Target?
    /// The slot of the special variable `loop`, if the body mentions it.
    var loopSlot: Int32?
    var body: Scope
    var otherwise: Scope?
}

/// What an assignment writes to.
indirect enum Target {
    /// A name before scope resolution: a place in `Program.names`.
    case name(Int32)
    case slot(Int32)
    /// An attribute of a namespace; the expression is the variable that should hold it.
    case attribute(of: ExpressionID, name: Int32)
    case tuple([Target])
}

/// A macro, the body of a `call` block or a recursive loop.
struct Function {
    enum Kind { case template, macro, callBody, recursiveLoop }

    let kind: Kind
    /// A place in `Program.names`; 0 where the function has no name.
    let name: Int32
    var parameters: [Parameter] = []
    /// The slots of the special parameters, where the body mentions them.
    var callerSlot: Int32?
    var namedSlot: Int32?
    var positionalSlot: Int32?
    var mentionsCaller = false
    var mentionsNamed = false
    var mentionsPositional = false
    var body: Scope
    /// The slots that a call needs.
    var slotCount: Int32 = 0
    /// Whether a function is defined inside, which may outlive the call.
    var isCaptured = false
}

struct Parameter {
    /// A place in `Program.names`.
    let name: Int32
    let defaultValue: ExpressionID?
    var slot: Int32 = 0
}

/// A name that a template mentions.
struct Name {
    let text: Text
    /// The method that an attribute of this name may be.
    let method: Method?
}
