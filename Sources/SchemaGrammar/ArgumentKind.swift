/// What the text of an argument is taken for, in formats that write it without quotes.
package enum ArgumentKind: Sendable, Equatable {
    /// A string, whatever it looks like.
    case text
    /// A string, unless it reads `null`.
    case textOrNull
    /// A JSON value if it reads like one, else a string.
    case value
}
