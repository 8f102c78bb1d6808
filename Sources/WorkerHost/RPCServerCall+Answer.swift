import RPCTransport
import SwiftProtobuf

extension RPCServerCall {
    /// Ends the call with one message.
    func answer(_ message: some Message) {
        do {
            send(try message.serializedBytes())
            finish(.ok)
        } catch {
            finish(RPCStatus(.internal, "the answer cannot be serialized: \(error)"))
        }
    }
}
