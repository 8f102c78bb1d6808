package import ServingModel

/// Why a choice ended, as a response says it.
package enum ChoiceEnd: String, Sendable {
    /// The model ended it, a stop string was met, or the output constraint was fulfilled.
    case stop
    /// The token limit or the end of the context was reached.
    case length
    /// The model called functions, and every call is whole.
    case toolCalls = "tool_calls"
    /// The request was aborted by its name.
    case abort

    package init(_ reason: FinishReason) {
        switch reason {
        case .stop, .constraintComplete: self = .stop
        case .length: self = .length
        }
    }

    func append(to bytes: inout [UInt8]) {
        bytes.append("\"")
        bytes.append(contentsOf: rawValue.utf8)
        bytes.append("\"")
    }
}
