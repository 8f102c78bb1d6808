import NIOCore
import Synchronization

/// The connections of a server, over all event loops.
final class ServerConnections: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isStopping = false
    }

    private let state = Mutex(State())

    /// Returns false if the server stops.
    func add(_ channel: any Channel) -> Bool {
        let isAdded = state.withLock { state in
            if !state.isStopping { state.channels[ObjectIdentifier(channel)] = channel }
            return !state.isStopping
        }
        if isAdded { channel.closeFuture.whenComplete { _ in self.remove(channel) } }
        return isAdded
    }

    /// All that there are; no more will be added.
    func stop() -> [any Channel] {
        state.withLock { state in
            state.isStopping = true
            return Array(state.channels.values)
        }
    }

    private func remove(_ channel: any Channel) {
        _ = state.withLock { $0.channels.removeValue(forKey: ObjectIdentifier(channel)) }
    }
}
