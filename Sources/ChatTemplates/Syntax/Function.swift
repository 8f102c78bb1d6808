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
