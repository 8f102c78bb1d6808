import Dispatch
import ServingModel
import Synchronization

/// What the engine's thread is told by others.
enum Command: Sendable {
    /// A request with a constraint waits for its `constrained`.
    case submit(GenerationRequest, any EventConsumer)
    case constrained(RequestID, ConstraintCompiler.Outcome)
    case cancel(RequestID, choice: Int?)
    case setPaused(RequestID, Bool)
    case shutDown
}

/// Commands on their way to the engine's thread, which sleeps here when it has nothing to do.
final class Mailbox: Sendable {
    private struct State {
        var commands: [Command] = []
        var isSleeping = false
        var isClosed = false
    }

    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)

    /// False, and the command is not taken, once the mailbox is closed.
    @discardableResult
    func post(_ command: Command) -> Bool {
        let (isTaken, mustWake) = state.withLock { state in
            guard !state.isClosed else { return (false, false) }
            state.commands.append(command)
            defer { state.isSleeping = false }
            return (true, state.isSleeping)
        }
        if mustWake { wake.signal() }
        return isTaken
    }

    /// Takes no more commands; returns those that nobody took.
    func close() -> [Command] {
        state.withLock { state in
            state.isClosed = true
            defer { state.commands = [] }
            return state.commands
        }
    }

    /// What has arrived, without waiting.
    func take() -> [Command] {
        state.withLock { state in
            defer { state.commands = [] }
            return state.commands
        }
    }

    /// Sleeps until a command arrives or `deadline` has come.
    func sleep(until deadline: Moment?) {
        let mustSleep = state.withLock { state in
            state.isSleeping = state.commands.isEmpty
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
