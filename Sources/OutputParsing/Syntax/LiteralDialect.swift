/// A notation of values that resembles JSON.
enum LiteralDialect: Sendable {
    /// Python's literals; in the arguments of a call, `key=value` in parentheses.
    case python
    /// Gemma's: bare keys, and strings between `<|"|>`.
    case gemma
}
