import NIOCore

/// What a connection knows of one call.
struct CallSlot {
    enum Phase: UInt8 {
        /// No call. Becomes `waiting`.
        case free
        /// Waits until the server allows one more stream. May become `open` or `free`.
        case waiting
        /// Its headers are sent, the answer's are awaited. May become `answered` or `free`.
        case open
        /// The answer's headers have come. Becomes `free`.
        case answered
    }

    /// The list that a slot is in.
    enum Membership: UInt8 {
        case none
        /// Waits for a stream, in the order of `begin`.
        case waiting
        /// Has bytes to send and a stream window to send them in.
        case sending
    }

    var call = RPCCall.none
    /// 0 until the call has a stream.
    var streamID: UInt32 = 0
    var phase = Phase.free
    var isPaused = false

    var membership = Membership.none
    var next: Int32 = -1
    var previous: Int32 = -1

    /// `:path` of a waiting call.
    var path: [UInt8] = []
    /// The request; sent with a gRPC prefix.
    var message: [UInt8] = []
    /// How much of prefix and message is sent.
    var sentBytes = 0
    /// What the server takes of this stream; negative after it has made its windows smaller.
    var sendWindow = 0
    /// Whether prefix and message are not all sent.
    var isSending = false

    /// What the server may still send.
    var receiveWindow = 0
    /// What has come and is not granted again.
    var ungrantedBytes = 0
    /// The beginning of a message whose end has not come.
    var partial: [UInt8] = []

    var deadline = NIODeadline.distantFuture

    var unsentBytes: Int { isSending ? MessagePrefix.size + message.count - sentBytes : 0 }

    /// Writes the next `count` bytes of prefix and message.
    mutating func writeUnsent(_ count: Int, to buffer: inout ByteBuffer) {
        var rest = count
        if sentBytes < MessagePrefix.size {
            let prefix = MessagePrefix.bytes(length: message.count)
            let part = min(rest, MessagePrefix.size - sentBytes)
            buffer.writeBytes(prefix[sentBytes..<(sentBytes + part)])
            rest -= part
            sentBytes += part
        }
        let start = sentBytes - MessagePrefix.size
        if rest > 0 { message.withUnsafeBytes { _ = buffer.writeBytes($0[start..<(start + rest)]) } }
        sentBytes += rest
        sendWindow -= count
        if unsentBytes == 0 {
            isSending = false
            message = []
        }
    }

    enum Arrival {
        /// `grant` bytes are to be granted again; 0 is none yet.
        case taken(RPCCall, grant: Int)
        case beyondWindow
        case beforeHeaders
    }

    /// Accounts for a DATA frame of `count` bytes, padding included.
    @inline(__always)
    mutating func take(_ count: Int, windowBytes: Int) -> Arrival {
        guard phase == .answered else { return .beforeHeaders }
        guard count <= receiveWindow else { return .beyondWindow }
        receiveWindow -= count
        ungrantedBytes += count
        return .taken(call, grant: takeGrant(windowBytes: windowBytes))
    }

    /// What to grant the server now, which counts as granted: half a window at once, nothing while paused.
    @inline(__always)
    mutating func takeGrant(windowBytes: Int) -> Int {
        guard !isPaused, ungrantedBytes * 2 >= windowBytes else { return 0 }
        let grant = ungrantedBytes
        receiveWindow += grant
        ungrantedBytes = 0
        return grant
    }
}
