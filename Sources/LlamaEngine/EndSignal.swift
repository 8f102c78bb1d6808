import Synchronization

/// Something that happens once and can be waited for.
final class EndSignal: Sendable {
    private enum State {
        /// May become `signalled`; who waits is resumed then.
        case pending([CheckedContinuation<Void, Never>])
        /// Stays so.
        case signalled
    }

    private let state = Mutex(State.pending([]))

    func signal() {
        let waiters: [CheckedContinuation<Void, Never>] = state.withLock { state in
            guard case .pending(let waiters) = state else { return [] }
            state = .signalled
            return waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                guard case .pending(let waiters) = state else { return true }
                state = .pending(waiters + [continuation])
                return false
            }
            if isDone { continuation.resume() }
        }
    }
}
