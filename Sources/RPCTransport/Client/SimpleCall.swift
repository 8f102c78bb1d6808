import NIOCore

/// The owner of a connection that serves one call.
final class SimpleCall: RPCClientOwner {
    private let byteLimit: Int
    private var answer: EventLoopPromise<[[UInt8]]>?
    private var messages: [[UInt8]] = []
    private var bytes = 0
    private var connection: RPCClientConnection?

    init(byteLimit: Int, answer: EventLoopPromise<[[UInt8]]>) {
        self.byteLimit = byteLimit
        self.answer = answer
    }

    func begin(
        _ endpoint: RPCEndpoint, _ path: RPCPath, message: [UInt8], timeoutSeconds: Double, limits: RPCClientLimits,
        on loop: any EventLoop
    ) {
        var limits = limits
        limits.connectSeconds = min(limits.connectSeconds, max(0.001, timeoutSeconds))
        let deadline = loop.now + .fraction(ofSeconds: timeoutSeconds)
        let opening = RPCClientConnection.connect(to: endpoint, on: loop, limits: limits, owner: self)
        opening.assumeIsolated().whenComplete { result in
            switch result {
            case .success(let connection):
                guard self.answer != nil else { return connection.close() }
                self.connection = connection
                let rest = Double((deadline - loop.now).nanoseconds) / 1e9
                _ = connection.begin(path: path, message: message, timeoutSeconds: rest)
            case .failure(let error): self.fail(error as? RPCStatus ?? RPCStatus(.unavailable, "\(error)"))
            }
        }
    }

    func received(_ message: UnsafeRawBufferPointer, of call: RPCCall) {
        bytes += message.count
        guard bytes <= byteLimit else {
            return fail(RPCStatus(.resourceExhausted, "more than \(byteLimit) bytes of messages"))
        }
        messages.append(Array(message))
    }

    func ended(_ call: RPCCall, _ status: RPCStatus) {
        guard status.code == .ok else { return fail(status) }
        answer?.succeed(messages)
        finish()
    }

    func fail(_ status: RPCStatus) {
        answer?.fail(status)
        finish()
    }

    func readCompleted() {}

    /// Keeps the connection, and is kept by it, until it is closed.
    func closed(_ reason: String) { connection = nil }

    func refusesNewCalls() {}

    private func finish() {
        answer = nil
        connection?.close()
    }
}
