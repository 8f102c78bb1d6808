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
