import EngineWire
import RPCTransport
import ServingModel

/// A request at a remote engine.
final class RemoteCall {
    let request: RequestID
    /// What the engine knows the request by.
    let wireID: String
    /// When the engine must have begun to answer.
    let deadline: Moment?
    /// What turns a generation's messages into events; nil is an embedding, whose answer is one message.
    var reader: GenerationReader?
    /// The message to send, until it is sent.
    var message: [UInt8]
    /// Nil until the message is sent.
    var sent: (link: RemoteLink, call: RPCCall)?
    /// Whether the consumer gets no more of it: all has been delivered, or it has failed or been cancelled.
    var hasEnded = false
    /// Whether the engine has begun to answer.
    private(set) var hasBegun = false
    /// When the engine was last heard of, or last allowed to speak.
    private(set) var heard: Moment
    private(set) var isPaused = false

    init(
        _ request: RequestID, wireID: String, deadline: Moment?, reader: GenerationReader?, message: [UInt8],
        now: Moment
    ) {
        self.request = request
        self.wireID = wireID
        self.deadline = deadline
        self.reader = reader
        self.message = message
        heard = now
    }

    /// Notes a message of the engine.
    @inline(__always)
    func hear(now: Moment) {
        hasBegun = true
        heard = now
    }

    /// Notes that the consumer takes nothing for a while, or goes on; the pause is no silence of the engine.
    func setPaused(_ isPaused: Bool, now: Moment) {
        if self.isPaused, !isPaused { heard = now }
        self.isPaused = isPaused
    }
}
