package import NIOCore
import NIOHPACK

/// One HTTP/2 connection to a gRPC server, on its event loop.
///
/// Frames are read where they lie in the read buffer and messages handed to the owner out of it; calls are slots in a
/// table, without objects or channels of their own. Every verb is called on the loop, also inside of the owner's
/// methods. What they write leaves in one write at the end of the read, or of the loop's tick.
package final class RPCClientConnection {
    enum Phase {
        /// Waits for the server's SETTINGS. May become `open` or `closed`.
        case opening(EventLoopPromise<RPCClientConnection>)
        /// Takes and answers frames. May become `closing` or `closed`.
        case open
        /// Nothing is taken any more; the owner is told with the next tick. Becomes `closed`.
        case closing(reason: String)
        case closed(reason: String)
    }

    package let eventLoop: any EventLoop
    let limits: RPCClientLimits
    weak var owner: (any RPCClientOwner)?
    var phase: Phase
    /// Whether frames are taken: while `opening` or `open`.
    var isReceiving = true
    /// Whether the server, or the end of the stream ids, refuses new calls.
    var isDraining = false
    /// What the server said with GOAWAY.
    var goAwayReason: String?

    var context: ChannelHandlerContext?
    var table = CallTable()
    /// Calls that are no more in the table, and whose ends the owner is told with the next tick.
    var deferredEnds = CircularBuffer<(call: RPCCall, status: RPCStatus)>()
    private var lastRefused: UInt64 = 0
    /// Whether the owner got something since it was last told that a read was complete.
    var hasDelivered = false
    var mustTellRefusal = false

    // MARK: Receiving

    /// The beginning of a frame whose end has not come.
    var pending = ByteBuffer()
    /// The header block whose CONTINUATION has not come.
    var headerBlock: UnfinishedHeaders?
    var headerBytes = ByteBuffer()
    var decoder: HPACKDecoder
    /// What has come on the connection and is not granted again.
    var ungrantedBytes = 0

    // MARK: Sending

    /// What leaves with the next flush.
    var out = ByteBuffer()
    var isInRead = false
    var isFlushing = false
    var isTickScheduled = false
    let requestBlock: RequestBlock
    /// A call's header block, while it is written.
    var block: [UInt8] = []
    var nextStreamID: UInt32
    var sendWindow = HTTP2Limits.defaultWindowBytes
    var unreadControlFrames = 0

    /// What the server's SETTINGS say.
    var peer = PeerSettings()

    // MARK: Time

    var keepAlive: KeepAlive
    var keepAliveTimer: Scheduled<Void>?
    var openingTimer: Scheduled<Void>?
    var deadlineTimer: Scheduled<Void>?
    var nextDeadline = NIODeadline.distantFuture

    init(
        on loop: any EventLoop, authority: String, isEncrypted: Bool, firstStreamID: UInt32, limits: RPCClientLimits,
        owner: any RPCClientOwner, opening: EventLoopPromise<RPCClientConnection>
    ) {
        limits.check()
        eventLoop = loop
        self.limits = limits
        self.owner = owner
        phase = .opening(opening)
        requestBlock = RequestBlock(authority: authority, isEncrypted: isEncrypted)
        nextStreamID = firstStreamID
        decoder = HPACKDecoder(
            allocator: ByteBufferAllocator(), maxDynamicTableSize: HPACKDecoder.maxDynamicTableSize,
            maxHeaderListSize: HTTP2Limits.headerBytes)
        keepAlive = KeepAlive(
            idle: .fraction(ofSeconds: limits.pingIdleSeconds),
            timeout: .fraction(ofSeconds: limits.pingTimeoutSeconds),
            now: loop.now)
    }

    // MARK: Verbs

    /// Whether `begin` makes sense: the connection is there, and the server takes new calls on it.
    package var acceptsCalls: Bool {
        if case .open = phase { !isDraining } else { false }
    }

    /// Calls that have not ended, with those that wait for a stream.
    package var openCalls: Int { table.count + deferredEnds.count }

    /// Begins a call that sends one message. It waits where the server's MAX_CONCURRENT_STREAMS is reached.
    ///
    /// Its `ended` follows in any case, also if it cannot begin. `timeoutSeconds` is sent as `grpc-timeout` and kept here
    /// too. The message is not copied before it is sent.
    package func begin(path: RPCPath, message: [UInt8], timeoutSeconds: Double? = nil) -> RPCCall {
        guard acceptsCalls else {
            return refuse(RPCStatus(.unavailable, "the connection takes no new calls", isUnprocessed: true))
        }
        guard message.count <= Int(UInt32.max) else {
            return refuse(RPCStatus(.resourceExhausted, "a message of \(message.count) bytes", isUnprocessed: true))
        }
        guard table.streamCount < streamLimit || table.waiting.count < limits.waitingCalls else {
            let reason = "\(limits.waitingCalls) calls wait for the server already"
            return refuse(RPCStatus(.resourceExhausted, reason, isUnprocessed: true))
        }
        let slot = table.add()
        let call = table.slots[slot].call
        table.slots[slot].path = path.block
        table.slots[slot].message = message
        if let timeoutSeconds { setDeadline(of: slot, seconds: timeoutSeconds) }
        table.append(slot, to: .waiting)
        openWaiting()
        scheduleTick()
        return call
    }

    /// Ends a call with RST_STREAM(CANCEL). Nothing more comes of it, no `ended` either. Calls that have ended are
    /// ignored.
    package func cancel(_ call: RPCCall) {
        guard let slot = table.slot(of: call) else {
            if let place = deferredEnds.firstIndex(where: { $0.call == call }) { deferredEnds.remove(at: place) }
            return
        }
        let streamID = table.slots[slot].streamID
        table.release(slot)
        if streamID != 0 { out.writeReset(streamID: streamID, .cancel) }
        openWaiting()
        scheduleTick()
    }

    /// Grants the call no more bytes, or goes on. What the server may send already is still delivered: at most
    /// `streamWindowBytes`.
    package func setPaused(_ call: RPCCall, _ isPaused: Bool) {
        guard let slot = table.slot(of: call) else { return }
        table.slots[slot].isPaused = isPaused
        let streamID = table.slots[slot].streamID
        guard !isPaused, streamID != 0 else { return }
        let grant = table.slots[slot].takeGrant(windowBytes: limits.streamWindowBytes)
        guard grant > 0 else { return }
        out.writeWindowUpdate(streamID: streamID, bytes: grant)
        scheduleTick()
    }

    /// Ends the connection with GOAWAY, and open calls with `unavailable`. The owner is told of both with the next tick.
    package func close() {
        guard case .open = phase else { return }
        let reason = "closed by this end"
        phase = .closing(reason: reason)
        isReceiving = false
        deferEnds(RPCStatus(.unavailable, reason))
        out.writeGoAway(.none, reason: "")
        scheduleTick()
    }

    /// A call that ends with the next tick.
    private func refuse(_ status: RPCStatus) -> RPCCall {
        lastRefused += 1
        let call = RPCCall(serial: lastRefused, slot: CallTable.slotLimit - 1)
        deferredEnds.append((call, status))
        scheduleTick()
        return call
    }
}

extension TimeAmount {
    static func fraction(ofSeconds seconds: Double) -> TimeAmount {
        .nanoseconds(Int64(min(seconds, 1e9) * 1e9))
    }
}
