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
