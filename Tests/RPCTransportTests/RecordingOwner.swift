import RPCTransport
import Testing

/// Keeps what a connection tells, and holds it to its promises.
final class RecordingOwner: RPCClientOwner {
    enum Event: Equatable {
        case message(RPCCall, [UInt8])
        case ended(RPCCall, RPCStatus)
        case refusesNewCalls
        case closed(String)
    }

    /// Without `readCompleted`, which depends on how reads fall.
    private(set) var events: [Event] = []
    private(set) var readsCompleted = 0
    /// Calls that may hear no more: ended, or cancelled by the test.
    private var silent: Set<RPCCall> = []
    private var isClosed = false
    /// What came since the last `readCompleted`.
    private(set) var isUncompleted = false

    /// What the owner does inside of the connection's calls.
    var onMessage: ((RPCCall, UnsafeRawBufferPointer) -> Void)?
    var onEnd: ((RPCCall, RPCStatus) -> Void)?
    var onReadCompleted: (() -> Void)?

    func received(_ message: UnsafeRawBufferPointer, of call: RPCCall) {
        expectSpeaking(call)
        #expect(!isClosed)
        events.append(.message(call, Array(message)))
        isUncompleted = true
        onMessage?(call, message)
    }

    func ended(_ call: RPCCall, _ status: RPCStatus) {
        expectSpeaking(call)
        silent.insert(call)
        events.append(.ended(call, status))
        isUncompleted = true
        onEnd?(call, status)
    }

    func readCompleted() {
        isUncompleted = false
        readsCompleted += 1
        onReadCompleted?()
    }

    func closed(_ reason: String) {
        #expect(!isClosed, "closed twice")
        #expect(!isUncompleted, "closed before the read was completed")
        isClosed = true
        events.append(.closed(reason))
    }

    func refusesNewCalls() {
        events.append(.refusesNewCalls)
    }

    func cancelled(_ call: RPCCall) {
        silent.insert(call)
    }

    func hasEnded(_ call: RPCCall) -> Bool { silent.contains(call) }

    /// Forgets the events so far and returns them.
    func take() -> [Event] {
        defer { events = [] }
        return events
    }

    /// The end of a call, if it has come.
    func status(of call: RPCCall) -> RPCStatus? {
        for case .ended(call, let status) in events { return status }
        return nil
    }

    func messages(of call: RPCCall) -> [[UInt8]] {
        events.compactMap { if case .message(call, let message) = $0 { message } else { nil } }
    }

    var closeReason: String? {
        for case .closed(let reason) in events { return reason }
        return nil
    }

    private func expectSpeaking(_ call: RPCCall) {
        #expect(!silent.contains(call), "something came of a call that has ended")
    }
}
