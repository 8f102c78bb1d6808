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
