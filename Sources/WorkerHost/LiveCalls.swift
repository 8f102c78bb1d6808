import NIOCore
import ServingModel
import Synchronization

/// The generations that are under way, over all event loops: by the engine's id, and by the names that clients gave.
final class LiveCalls: Sendable {
    private struct Call {
        let wireID: String
        let promptTokens: Int
        var hasStarted = false
        let abort: @Sendable () -> Void
    }

    private struct State {
        var calls: [RequestID: Call] = [:]
        var byWireID: [String: [RequestID]] = [:]
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.calls.count } }

    /// Notes a call; `abort` ends it, and may be called on any thread.
    func add(_ id: RequestID, wireID: String, promptTokens: Int, abort: @escaping @Sendable () -> Void) {
        state.withLock { state in
            state.calls[id] = Call(wireID: wireID, promptTokens: promptTokens, abort: abort)
            state.byWireID[wireID, default: []].append(id)
        }
    }

    /// Notes that the engine has processed its prompt.
    func start(_ id: RequestID) { state.withLock { $0.calls[id]?.hasStarted = true } }

    func remove(_ id: RequestID) {
        state.withLock { state in
            guard let call = state.calls.removeValue(forKey: id) else { return }
            state.byWireID[call.wireID]?.removeAll { $0 == id }
            if state.byWireID[call.wireID]?.isEmpty == true { state.byWireID[call.wireID] = nil }
        }
    }

    /// Ends every call of a name; unknown names are ignored.
    func abort(_ wireID: String) {
        let aborts = state.withLock { state in
            state.byWireID[wireID, default: []].compactMap { state.calls[$0]?.abort }
        }
        for abort in aborts { abort() }
    }

    /// Prompt tokens of calls that the engine has not begun to answer: all of them, and those of the `waiting` youngest,
    /// since engines take requests in the order of their arrival.
    func pendingPromptTokens(waiting: Int) -> (all: Int, waiting: Int) {
        state.withLock { state in
            let pending = state.calls.filter { !$0.value.hasStarted }
            let youngest = pending.keys.sorted { $0.rawValue > $1.rawValue }.prefix(waiting)
            return (
                pending.values.reduce(0) { $0 + $1.promptTokens },
                youngest.reduce(0) { $0 + (pending[$1]?.promptTokens ?? 0) }
            )
        }
    }
}
