/// What is wrong with an engine's message.
package enum WireError: Error, Equatable, Sendable, CustomStringConvertible {
    /// It ends within a field.
    case truncated
    /// It is not protobuf, or not the message that it should be.
    case malformed
    /// A token that no vocabulary has.
    case token
    /// A choice that was not asked for.
    case choice
    /// More of a choice that has finished, or of a request.
    case afterEnd
    /// Not one log-probability for each token of the prompt, where they were asked for.
    case promptLogprobs

    package var description: String {
        switch self {
        case .truncated: "a message ends within a field"
        case .malformed: "a message is malformed"
        case .token: "a token is out of range"
        case .choice: "a choice is out of range"
        case .afterEnd: "a message comes after the end"
        case .promptLogprobs: "the prompt's log-probabilities are not one for each token"
        }
    }
}
