import EngineWire
import RPCTransport
import ServingModel

/// A request at a remote engine.
final class RemoteCall {
    enum Purpose {
        case generation(GenerationReader)
        case embedding
    }

    let request: RequestID
    /// What the engine knows the request by.
    let wireID: String
    /// When the engine must have begun to answer.
    let deadline: Moment?
    var purpose: Purpose
    /// The message to send, until it is sent.
    var message: [UInt8]
    /// Nil until the message is sent.
    var sent: (link: RemoteLink, call: RPCCall)?
    var isPaused = false
    /// Whether all has been delivered and only the call's end is missing.
    var isComplete = false
    var hasBegun = false
    /// When the engine was last heard of.
    var heard: Moment

    init(
        _ request: RequestID, wireID: String, deadline: Moment?, purpose: Purpose, message: [UInt8], now: Moment
    ) {
        self.request = request
        self.wireID = wireID
        self.deadline = deadline
        self.purpose = purpose
        self.message = message
        heard = now
    }
}
