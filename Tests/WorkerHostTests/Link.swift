import NIOCore
import RPCTransport
import Synchronization

/// One connection to a server, with what came of its calls; the real client's own.
final class Link: Sendable {
    struct Call: Sendable {
        var messages: [[UInt8]] = []
        var status: RPCStatus?
    }

    private struct State {
        var calls: [RPCCall: Call] = [:]
        var closed: String?
        var waiting: [(isMet: @Sendable ([RPCCall: Call]) -> Bool, resume: CheckedContinuation<Void, Never>)] = []
    }

    private let loop: any EventLoop
    private let connection: NIOLoopBound<RPCClientConnection>
    private let owner: Owner

    private init(_ loop: any EventLoop, _ connection: NIOLoopBound<RPCClientConnection>, _ owner: Owner) {
        self.loop = loop
        self.connection = connection
        self.owner = owner
    }

    static func connect(
        to address: RPCAddress, limits: RPCClientLimits = RPCClientLimits(), on loop: any EventLoop
    ) async throws -> Link {
        let owner = Owner()
        let connection = try await loop.flatSubmit {
            RPCClientConnection.connect(to: RPCEndpoint(address), on: loop, limits: limits, owner: owner)
                .map { NIOLoopBound($0, eventLoop: loop) }
        }.get()
        return Link(loop, connection, owner)
    }

    func begin(
        _ service: String, _ method: String, _ message: [UInt8], timeoutSeconds: Double? = nil
    ) async throws -> RPCCall {
        let path = RPCPath(service: service, method: method)
        return try await loop.submit { [connection] in
            connection.value.begin(path: path, message: message, timeoutSeconds: timeoutSeconds)
        }.get()
    }

    func cancel(_ call: RPCCall) async throws {
        try await loop.submit { [connection] in connection.value.cancel(call) }.get()
    }

    func setPaused(_ call: RPCCall, _ isPaused: Bool) async throws {
        try await loop.submit { [connection] in connection.value.setPaused(call, isPaused) }.get()
    }

    func close() async throws { try await loop.submit { [connection] in connection.value.close() }.get() }

    func outcome(of call: RPCCall) -> Call { owner.state.withLock { $0.calls[call] ?? Call() } }

    /// Waits for events, and not for time to pass.
    @discardableResult
    func wait(for call: RPCCall, until isMet: @escaping @Sendable (Call) -> Bool) async -> Call {
        await owner.wait { calls in isMet(calls[call] ?? Call()) }
        return outcome(of: call)
    }

    @discardableResult
    func end(of call: RPCCall) async -> Call { await wait(for: call) { $0.status != nil } }

    private final class Owner: RPCClientOwner, Sendable {
        let state = Mutex(State())

        func wait(until isMet: @escaping @Sendable ([RPCCall: Call]) -> Bool) async {
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
            state.withLock { $0.calls[call, default: Call()].messages.append(bytes) }
        }

        func ended(_ call: RPCCall, _ status: RPCStatus) {
            state.withLock { $0.calls[call, default: Call()].status = status }
        }

        func readCompleted() { resume() }

        func closed(_ reason: String) { resume() }

        func refusesNewCalls() {}
    }
}
