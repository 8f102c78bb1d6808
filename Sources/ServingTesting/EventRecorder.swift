package import ServingModel
import Synchronization

/// Keeps the events that it is given, and wakes who waits for some of them.
package final class EventRecorder: EventConsumer {
    private struct State {
        var events: [GenerationEvent] = []
        var waiters: [(isMet: @Sendable ([GenerationEvent]) -> Bool, continuation: CheckedContinuation<Void, Never>)] =
            []
    }

    private let state = Mutex(State())

    package init() {}

    package func consume(_ batch: [GenerationEvent]) {
        let met = state.withLock { state in
            state.events += batch
            let events = state.events
            let met = state.waiters.filter { $0.isMet(events) }
            state.waiters.removeAll { $0.isMet(events) }
            return met
        }
        for waiter in met { waiter.continuation.resume() }
    }

    package var events: [GenerationEvent] { state.withLock { $0.events } }

    /// Waits until the events so far meet a condition.
    package func wait(until isMet: @escaping @Sendable ([GenerationEvent]) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isMetNow = state.withLock { state in
                if isMet(state.events) { return true }
                state.waiters.append((isMet, continuation))
                return false
            }
            if isMetNow { continuation.resume() }
        }
    }
}
