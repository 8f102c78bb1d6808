package import NIOCore
package import RPCTransport
import Synchronization

/// One connection of the real client to a server, with what came of its calls; for tests.
package final class RPCLink: Sendable {
    /// What came of a call so far.
    package struct Outcome: Sendable {
        package var messages: [[UInt8]] = []
        package var status: RPCStatus?
    }

    private struct State {
        var calls: [RPCCall: Outcome] = [:]
        var waiting: [(isMet: @Sendable ([RPCCall: Outcome]) -> Bool, resume: CheckedContinuation<Void, Never>)] = []
    }

    private let loop: any EventLoop
    private let connection: NIOLoopBound<RPCClientConnection>
    private let owner: Owner

    private init(_ loop: any EventLoop, _ connection: NIOLoopBound<RPCClientConnection>, _ owner: Owner) {
        self.loop = loop
        self.connection = connection
        self.owner = owner
    }

    package static func connect(
        to address: RPCAddress, limits: RPCClientLimits = RPCClientLimits(), on loop: any EventLoop
    ) async throws -> RPCLink {
        let owner = Owner()
        let connection = try await loop.flatSubmit {
            RPCClientConnection.connect(to: RPCEndpoint(address), on: loop, limits: limits, owner: owner)
                .map { NIOLoopBound($0, eventLoop: loop) }
        }.get()
        return RPCLink(loop, connection, owner)
    }

    package func begin(
        _ service: String, _ method: String, _ message: [UInt8], timeoutSeconds: Double? = nil
    ) async throws -> RPCCall {
        let path = RPCPath(service: service, method: method)
        return try await loop.submit { [connection] in
            connection.value.begin(path: path, message: message, timeoutSeconds: timeoutSeconds)
        }.get()
    }

    package func cancel(_ call: RPCCall) async throws {
        try await loop.submit { [connection] in connection.value.cancel(call) }.get()
    }

    package func setPaused(_ call: RPCCall, _ isPaused: Bool) async throws {
        try await loop.submit { [connection] in connection.value.setPaused(call, isPaused) }.get()
    }

    package func close() async throws { try await loop.submit { [connection] in connection.value.close() }.get() }

    package func outcome(of call: RPCCall) -> Outcome { owner.state.withLock { $0.calls[call] ?? Outcome() } }

    /// Waits for events, and not for time to pass.
    @discardableResult
    package func wait(for call: RPCCall, until isMet: @escaping @Sendable (Outcome) -> Bool) async -> Outcome {
        await owner.wait { calls in isMet(calls[call] ?? Outcome()) }
        return outcome(of: call)
    }

    @discardableResult
    package func end(of call: RPCCall) async -> Outcome { await wait(for: call) { $0.status != nil } }

    private final class Owner: RPCClientOwner, Sendable {
        let state = Mutex(State())

        func wait(until isMet: @escaping @Sendable ([RPCCall: Outcome]) -> Bool) async {
            await withCheckedContinuation { continuation in
                state.withLock { $0.waiting.append((isMet, continuation)) }
                resume()
            }
        }

        private func resume() {
            let ready = state.withLock { state in
                let ready = state.waiting.filter { $0.isMet(state.calls) }
                state.waiting.removeAll { $0.isMet(state.calls) }
                return ready
            }
            for one in ready { one.resume.resume() }
        }

        func received(_ message: UnsafeRawBufferPointer, of call: RPCCall) {
            let bytes = Array(message)
            state.withLock { $0.calls[call, default: Outcome()].messages.append(bytes) }
        }

        func ended(_ call: RPCCall, _ status: RPCStatus) {
            state.withLock { $0.calls[call, default: Outcome()].status = status }
        }

        func readCompleted() { resume() }

        func closed(_ reason: String) { resume() }

        func refusesNewCalls() {}
    }
}
