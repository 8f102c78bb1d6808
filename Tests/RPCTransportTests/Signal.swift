import Synchronization

/// Something that happens once, which tasks wait for.
final class Signal: Sendable {
    private struct State {
        var hasFired = false
        var waiting: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())

    func fire() {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            state.hasFired = true
            return state.waiting
        }
        for body in waiting { body() }
    }

    func onFire(_ body: @escaping @Sendable () -> Void) {
        let hasFired = state.withLock { state in
            if !state.hasFired { state.waiting.append(body) }
            return state.hasFired
        }
        if hasFired { body() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in onFire { continuation.resume() } }
    }
}
