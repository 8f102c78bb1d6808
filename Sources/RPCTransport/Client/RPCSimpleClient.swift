package import NIOCore

/// Calls that come once in a while: each has a connection for itself.
package enum RPCSimpleClient {
    /// Connects, calls, and returns the answer's messages: one for a unary call. The time is for all of it, and
    /// `limits.messageBytes` for all messages together. Cancelling the task cancels the call.
    package static func call(
        _ endpoint: RPCEndpoint, _ path: RPCPath, message: [UInt8], timeoutSeconds: Double,
        limits: RPCClientLimits = RPCClientLimits(), on loop: any EventLoop
    ) async throws(RPCStatus) -> [[UInt8]] {
        let answer = loop.makePromise(of: [[UInt8]].self)
        // Succeeds when the task is cancelled or the call has ended, whichever comes first.
        let end = loop.makePromise(of: Void.self)
        loop.execute {
            let call = SimpleCall(byteLimit: limits.messageBytes, answer: answer)
            call.begin(endpoint, path, message: message, timeoutSeconds: timeoutSeconds, limits: limits, on: loop)
            end.futureResult.assumeIsolated().whenComplete { _ in call.fail(RPCStatus(.cancelled, "cancelled here")) }
        }
        defer { end.succeed(()) }
        do {
            return try await withTaskCancellationHandler {
                try await answer.futureResult.get()
            } onCancel: {
                end.succeed(())
            }
        } catch {
            throw error as? RPCStatus ?? RPCStatus(.unavailable, "\(error)", isUnprocessed: true)
        }
    }
}
