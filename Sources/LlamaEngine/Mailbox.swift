import Dispatch
import ServingModel
import Synchronization

/// Messages on their way to a thread, which sleeps here when it has nothing to do.
final class Mailbox<Message: Sendable>: Sendable {
    private struct State {
        var messages: [Message] = []
        var isSleeping = false
        var isClosed = false
    }

    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)

    /// False, and the message is not taken, once the mailbox is closed.
    @discardableResult
    func post(_ message: Message) -> Bool {
        let (isTaken, mustWake) = state.withLock { state in
            guard !state.isClosed else { return (false, false) }
            state.messages.append(message)
            defer { state.isSleeping = false }
            return (true, state.isSleeping)
        }
        if mustWake { wake.signal() }
        return isTaken
    }

    /// Takes no more messages; returns those that nobody took.
    func close() -> [Message] {
        state.withLock { state in
            state.isClosed = true
            defer { state.messages = [] }
            return state.messages
        }
    }

    /// What has arrived, without waiting.
    func take() -> [Message] {
        state.withLock { state in
            defer { state.messages = [] }
            return state.messages
        }
    }

    /// Sleeps until a message arrives or `deadline` has come.
    func sleep(until deadline: Moment?) {
        let mustSleep = state.withLock { state in
            state.isSleeping = state.messages.isEmpty
            return state.isSleeping
        }
        guard mustSleep else { return }
        let timeout = deadline.map { DispatchTime(uptimeNanoseconds: $0.nanoseconds) } ?? .distantFuture
        guard wake.wait(timeout: timeout) == .timedOut else { return }
        // A post that saw us asleep has signalled, or is about to: that signal must not wake a later sleep.
        let wasWoken = state.withLock { state in
            defer { state.isSleeping = false }
            return !state.isSleeping
        }
        if wasWoken { wake.wait() }
    }
}
