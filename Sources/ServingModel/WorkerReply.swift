/// What a worker says to an order.
package struct WorkerReply: Sendable, Equatable {
    package var isDone: Bool
    /// What it has done, or why it has not.
    package var message: String

    package init(isDone: Bool, message: String) {
        self.isDone = isDone
        self.message = message
    }

    /// Of a worker that cannot do what it is told.
    package static func unable(_ message: String) -> WorkerReply { WorkerReply(isDone: false, message: message) }
}
