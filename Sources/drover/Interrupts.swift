import Synchronization
import UnixSignals

/// Ctrl-C in a conversation: it stops the answer that runs, and at the prompt it leaves.
final class Interrupts: Sendable {
    private let stop = Mutex<(@Sendable () -> Void)?>(nil)

    /// Runs `body` while Ctrl-C means what it means here.
    ///
    /// - Parameter leave: called at the prompt; it must end the process, whose main thread waits for a line.
    static func handled(leave: @escaping @Sendable () -> Never, _ body: (Interrupts) async throws -> Void) async throws
    {
        let interrupts = Interrupts()
        let signals = await UnixSignalsSequence(trapping: .sigint)
        try await withThrowingTaskGroup { group in
            group.addTask {
                for await _ in signals {
                    guard let stop = interrupts.stop.withLock({ $0 }) else { leave() }
                    stop()
                }
            }
            defer { group.cancelAll() }
            try await body(interrupts)
        }
    }

    /// Runs `work` in a task that Ctrl-C cancels.
    func stoppable<Result: Sendable>(_ work: @escaping @Sendable () async -> Result) async -> Result {
        // Awaited right below, and cancelled by the signal's task.
        let task = Task { await work() }
        stop.withLock { $0 = { task.cancel() } }
        defer { stop.withLock { $0 = nil } }
        return await task.value
    }
}
