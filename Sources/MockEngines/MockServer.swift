import NIOCore
package import NIOPosix
package import NIOSSL
package import RPCTransport
import Synchronization

/// A mock engine at an address. It can go down, which breaks every connection, and come up again at the same address.
package final class MockServer: Sendable {
    package let engine: MockEngine
    /// Where it listens, with the port that the system chose.
    package let address: RPCAddress
    private let tls: NIOSSLContext?
    private let limits: RPCServerLimits
    private let group: MultiThreadedEventLoopGroup
    private let state: Mutex<State>

    private enum State {
        /// Listens; may become `changing` or `stopped`.
        case up(RPCServer)
        /// Goes down or comes up; becomes `down` or `up`, or `stopped`.
        case changing
        /// Refuses connections; may become `changing` or `stopped`.
        case down
        /// Final.
        case stopped
    }

    private init(
        _ engine: MockEngine, _ server: RPCServer, tls: NIOSSLContext?, limits: RPCServerLimits,
        on group: MultiThreadedEventLoopGroup
    ) {
        self.engine = engine
        address = server.address
        self.tls = tls
        self.limits = limits
        self.group = group
        state = Mutex(.up(server))
    }

    package static func start(
        _ engine: MockEngine, at address: RPCAddress, tls: NIOSSLContext? = nil,
        limits: RPCServerLimits = RPCServerLimits(), on group: MultiThreadedEventLoopGroup
    ) async throws -> MockServer {
        let server = try await RPCServer.start(engine, at: address, tls: tls, limits: limits, on: group)
        let mock = MockServer(engine, server, tls: tls, limits: limits, on: group)
        engine.setGoDown { [weak mock] seconds in
            // Nobody awaits it: it ends by itself after that time, and does nothing if the server has been stopped.
            Task { await mock?.goDown(forSeconds: seconds) }
        }
        return mock
    }

    /// Goes down for a while. Nothing happens if it is not up.
    package func goDown(forSeconds seconds: Double) async {
        await goDown()
        let loop = group.next()
        try? await loop.scheduleTask(in: .nanoseconds(Int64(seconds * 1e9))) {}.futureResult.get()
        await comeUp()
    }

    /// Breaks every connection and refuses new ones.
    package func goDown() async {
        guard case .up(let server) = exchange(for: .changing, where: { if case .up = $0 { true } else { false } })
        else { return }
        await server.shutDown(drainSeconds: 0)
        settle(.down)
    }

    /// Listens again. Nothing happens if it is not down, or if the address has been taken.
    package func comeUp() async {
        guard case .down = exchange(for: .changing, where: { if case .down = $0 { true } else { false } }) else {
            return
        }
        guard let server = try? await RPCServer.start(engine, at: address, tls: tls, limits: limits, on: group) else {
            return settle(.down)
        }
        if case .stopped = settled(.up(server)) { await server.shutDown(drainSeconds: 0) }
    }

    /// Ends what goes on after that time at most, and listens no more.
    package func shutDown(drainSeconds: Double = 0) async {
        engine.setGoDown(nil)
        let last = exchange(for: .stopped, where: { _ in true })
        if case .up(let server)? = last { await server.shutDown(drainSeconds: drainSeconds) }
    }

    /// Takes the state if it is as wanted, and leaves another.
    private func exchange(for next: State, where isWanted: (State) -> Bool) -> State? {
        state.withLock { state in
            guard isWanted(state) else { return nil }
            defer { state = next }
            return state
        }
    }

    private func settle(_ next: State) { _ = settled(next) }

    /// Ends a change; returns the state that it is in now, which stays `stopped` if it is.
    private func settled(_ next: State) -> State {
        state.withLock { state in
            if case .stopped = state { return state }
            state = next
            return state
        }
    }
}
