package import NIOCore

/// Answers calls.
package protocol RPCService: AnyObject, Sendable {
    /// Takes a call with its one request message, on the loop of the call's connection; must not block. The answer may
    /// be given now or later, on that loop.
    func begin(_ call: RPCServerCall, message: ByteBuffer)
}
