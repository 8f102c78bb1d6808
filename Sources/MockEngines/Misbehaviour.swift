package import RPCTransport

/// A way in which a mock engine fails.
package enum Misbehaviour: Hashable, Sendable {
    // In the middle of an answer.

    /// Sends a message that is no protobuf, and ends well.
    case malformed
    /// Ends well in the middle of a message.
    case truncated
    /// Announces a message of 4 GiB.
    case oversized
    /// Sends a message that says it is compressed, which was not agreed on.
    case compressed
    /// Closes the TCP connection without a word.
    case close
    /// Ends well before the completion.
    case end
    /// Says GOAWAY, and answers on.
    case goAway
    /// Resets the stream: INTERNAL_ERROR.
    case reset
    /// Says no more, and ends never.
    case stall
    /// Answers on at a crawl.
    case slow
    /// Sends a chunk twice.
    case `repeat`
    /// Sends a chunk of a choice that nobody asked for, and answers on.
    case wrongIndex
    /// Ends each choice as if it had been aborted.
    case abort
    /// Ends with an error status.
    case status(RPCStatusCode)

    // At the end of an answer.

    /// Sends the completion twice.
    case duplicateCompletion
    /// Sends tokens after the completion.
    case lateTokens

    // Before an answer.

    /// Takes the call and never says anything.
    case silence
    /// Refuses the stream before it looks at it: REFUSED_STREAM.
    case refused
    /// Goes down: every connection breaks, and for a while none is taken.
    case down

    // Of health checks.

    /// Says that it is not healthy.
    case unhealthy

    private static let plain: [(name: String, value: Misbehaviour)] = [
        ("malformed", .malformed), ("truncated", .truncated), ("oversized", .oversized), ("compressed", .compressed),
        ("close", .close), ("end", .end), ("goaway", .goAway), ("reset", .reset), ("stall", .stall), ("slow", .slow),
        ("repeat", .repeat), ("wrong-index", .wrongIndex), ("abort", .abort),
        ("duplicate-completion", .duplicateCompletion), ("late-tokens", .lateTokens), ("silence", .silence),
        ("refused", .refused), ("down", .down), ("unhealthy", .unhealthy),
    ]
    /// gRPC's error codes by name.
    private static let codes: [(name: String, code: RPCStatusCode)] = [
        ("cancelled", .cancelled), ("unknown", .unknown), ("invalid-argument", .invalidArgument),
        ("deadline-exceeded", .deadlineExceeded), ("not-found", .notFound), ("already-exists", .alreadyExists),
        ("permission-denied", .permissionDenied), ("resource-exhausted", .resourceExhausted),
        ("failed-precondition", .failedPrecondition), ("aborted", .aborted), ("out-of-range", .outOfRange),
        ("unimplemented", .unimplemented), ("internal", .internal), ("unavailable", .unavailable),
        ("data-loss", .dataLoss), ("unauthenticated", .unauthenticated),
    ]

    /// Every way that has a name: the plain ones, and a status of each code.
    package static let named = plain + codes.map { (name: $0.name, value: Misbehaviour.status($0.code)) }

    /// Whether it needs a place in the answer.
    var strikesMidway: Bool {
        switch self {
        case .duplicateCompletion, .lateTokens, .silence, .refused, .down, .unhealthy: false
        default: true
        }
    }
}
