/// Something that can be walked once, such as the result of the filter `map`.
struct IteratorState {
    let values: [Value]
    var position = 0
}

/// A macro, or the body of a `call` block, with the activation in which it was defined.
struct Closure {
    let function: Int
    let activation: Int
}

/// The attributes of a namespace, in the order of their assignment.
struct Attributes {
    private(set) var names: [Text] = []
    private(set) var values: [Value] = []

    subscript(name: Text) -> Value? {
        get { names.firstIndex { $0 == name }.map { values[$0] } }
        set {
            guard let newValue else { return }
            if let at = names.firstIndex(where: { $0 == name }) {
                values[at] = newValue
            } else {
                names.append(name)
                values.append(newValue)
            }
        }
    }
}

/// What `cycler(…)` gives.
struct CyclerState {
    let items: [Value]
    var position = 0
}

/// What `joiner(…)` gives.
struct JoinerState {
    let separator: Value
    var isUsed = false
}

/// A running loop, as the special variable `loop` shows it.
struct LoopState {
    /// What is left to walk from `position` on.
    var items: [Value]
    var position = 0
    /// The test of a filtered loop and where it finds the item.
    var test: (expression: ExpressionID, target: Target)?
    /// The activation in which the test runs.
    let activation: Int
    /// An item that was fetched to look ahead.
    var lookahead: Value?
    /// The index from 0 of the current item; -1 before the first.
    var index = -1
    /// How many items there are, once that is known.
    var length: Int?
    var current: Value?
    var previous: Value?
    /// What `changed` saw last.
    var lastChanged: [Value]?
    /// How many recursive loops are around this one.
    let depth: Int
    /// The function of a recursive loop.
    let recursion: Closure?
}

/// How a statement ended.
enum Completion {
    case normal
    case breakLoop
    case continueLoop
}
