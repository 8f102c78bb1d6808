import NIOCore
import RPCTransport

/// A connection with an owner on its loop, for tests that wait for whole answers.
struct LoopClient: Sendable {
    struct Answer: Sendable {
        var messages: [[UInt8]] = []
        var status = RPCStatus(.unknown)
    }

    private let loop: any EventLoop
    private let owner: NIOLoopBound<Owner>

    static func connect(
        _ endpoint: RPCEndpoint, limits: RPCClientLimits = RPCClientLimits(), on loop: any EventLoop
    ) async throws -> LoopClient {
        try await loop.flatSubmit {
            let owner = Owner(on: loop)
            let opening = RPCClientConnection.connect(to: endpoint, on: loop, limits: limits, owner: owner)
            return opening.assumeIsolated().map { connection in
                owner.connection = connection
                return LoopClient(loop: loop, owner: NIOLoopBound(owner, eventLoop: loop))
            }.nonisolated()
        }.get()
    }

    /// Calls `/test.Service/<method>`. `cancelAfter` and `pauseAfter` say after how many messages that is done.
    func call(
        _ method: String = "Method", _ message: [UInt8] = [], timeoutSeconds: Double? = nil, cancelAfter: Int? = nil,
        pauseAfter: Int? = nil
    ) async throws -> Answer {
        try await loop.flatSubmit {
            let owner = owner.value
            let promise = loop.makePromise(of: Answer.self)
            let path = RPCPath(service: "test.Service", method: method)
            guard let connection = owner.connection else { return loop.makeFailedFuture(RPCStatus(.unavailable)) }
            let call = connection.begin(path: path, message: message, timeoutSeconds: timeoutSeconds)
            owner.calls[call] = Owner.Call(promise: promise, cancelAfter: cancelAfter, pauseAfter: pauseAfter)
            if cancelAfter == 0 { owner.cancel(call) }
            return promise.futureResult
        }.get()
    }

    /// Goes on with every call.
    func resume() async throws {
        try await loop.submit {
            for call in owner.value.calls.keys { owner.value.connection?.setPaused(call, false) }
        }.get()
    }

    var acceptsCalls: Bool {
        get async throws { try await loop.submit { try owner.value.open.acceptsCalls }.get() }
    }

    /// Waits for the connection's end, and returns its reason.
    func closed() async throws -> String {
        try await loop.flatSubmit { owner.value.end.futureResult }.get()
    }

    func close() async throws {
        try await loop.submit { try owner.value.open.close() }.get()
        _ = try await closed()
    }

    final class Owner: RPCClientOwner {
        struct Call {
            var answer = Answer()
            var promise: EventLoopPromise<Answer>
            var cancelAfter: Int?
            var pauseAfter: Int?
        }

        var connection: RPCClientConnection?
        var calls: [RPCCall: Call] = [:]
        let end: EventLoopPromise<String>

        init(on loop: any EventLoop) { end = loop.makePromise() }

        var open: RPCClientConnection {
            get throws {
                guard let connection else { throw RPCStatus(.unavailable) }
                return connection
            }
        }

        func received(_ message: UnsafeRawBufferPointer, of call: RPCCall) {
            guard var state = calls[call] else { return }
            state.answer.messages.append(Array(message))
            calls[call] = state
            if state.answer.messages.count == state.cancelAfter { cancel(call) }
            if state.answer.messages.count == state.pauseAfter { connection?.setPaused(call, true) }
        }

        func ended(_ call: RPCCall, _ status: RPCStatus) {
            guard var state = calls.removeValue(forKey: call) else { return }
            state.answer.status = status
            state.promise.succeed(state.answer)
        }

        /// Its answer is what came until now.
        func cancel(_ call: RPCCall) {
            connection?.cancel(call)
            ended(call, RPCStatus(.cancelled, "by the test"))
        }

        func readCompleted() {}

        func closed(_ reason: String) { end.succeed(reason) }

        func refusesNewCalls() {}
    }
}
