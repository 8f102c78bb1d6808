/// Why an upstream's answer is not whole.
package struct HTTPForwardFailure: Error, Sendable, Equatable {
    package enum Cause: Sendable, Equatable {
        /// There was no connection to be had.
        case unreachable
        /// Nothing came for as long as may be.
        case silent
        /// The connection was lost.
        case lost
        /// What came was no HTTP.
        case malformed
        /// `HTTPForwarding.cancel` was called.
        case cancelled
        /// The upstream was shut down.
        case stopping
    }

    /// How far the request had come.
    package enum Progress: Int, Sendable, Comparable {
        /// The server has seen nothing of it.
        case unsent
        /// The server may have begun to process it.
        case sent
        /// Bytes of the answer's body have gone to the consumer.
        case answering

        package static func < (left: Progress, right: Progress) -> Bool { left.rawValue < right.rawValue }
    }

    package let cause: Cause
    /// For an operator, as a clause.
    package let reason: String
    package let progress: Progress

    package init(cause: Cause, reason: String, progress: Progress) {
        self.cause = cause
        self.reason = reason
        self.progress = progress
    }

    /// Whether an engine may have spent work on the request, which another one would spend again.
    package var mayHaveBeenProcessed: Bool { progress > .unsent }
}
