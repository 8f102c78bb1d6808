import EngineWire
import RPCTransport
import ServingModel

/// One connection of a remote engine with the calls that are on it. A connection that the engine asks to leave goes on
/// until its last call has ended, beside its successor.
final class RemoteLink: RPCClientOwner {
    /// Weak because an engine that is let go lets go of its connections.
    private weak var links: RemoteLinks?
    private let calls: RemoteCalls
    /// Nil before it is made, and after it is lost.
    var connection: RPCClientConnection?
    /// Calls whose end has not come, also those that need nothing but it.
    private var open: [RPCCall: RemoteCall] = [:]

    init(_ links: RemoteLinks, _ calls: RemoteCalls) {
        self.links = links
        self.calls = calls
    }

    var isEmpty: Bool { open.isEmpty }

    /// Whether new calls can be sent over it.
    var acceptsCalls: Bool { connection?.acceptsCalls ?? false }

    // MARK: Verbs

    /// Begins a call; the link accepts calls.
    func send(_ live: RemoteCall, on path: RPCPath) {
        guard let connection else { preconditionFailure("a call is sent over a link that is there") }
        let call = connection.begin(path: path, message: live.message)
        live.message = []
        live.sent = (self, call)
        open[call] = live
        if live.isPaused { connection.setPaused(call, true) }
    }

    func setPaused(_ call: RPCCall, _ isPaused: Bool) { connection?.setPaused(call, isPaused) }

    /// Ends a call, and tells the engine so.
    func cancel(_ call: RPCCall, wireID: String) {
        open[call] = nil
        connection?.cancel(call)
        links?.tellAbort(wireID, over: self)
        links?.closeIfLeft(self)
    }

    /// Lets go of calls whose answers are complete, and whose ends have been waited for long enough.
    func giveUpTrailers(now: Moment, seconds: Double) {
        for (call, live) in open where live.hasEnded && now.seconds(since: live.heard) > seconds {
            open[call] = nil
            connection?.cancel(call)
        }
        links?.closeIfLeft(self)
    }

    // MARK: RPCClientOwner

    func received(_ message: UnsafeRawBufferPointer, of call: RPCCall) {
        guard let live = open[call] else { return }
        calls.take(message, of: live)
    }

    func ended(_ call: RPCCall, _ status: RPCStatus) {
        guard let live = open.removeValue(forKey: call) else { return }
        calls.takeEnd(of: live, status)
        links?.closeIfLeft(self)
    }

    func readCompleted() { calls.flush() }

    func refusesNewCalls() { links?.leave(self) }

    func closed(_ reason: String) {
        connection = nil
        links?.forget(self)
    }
}
