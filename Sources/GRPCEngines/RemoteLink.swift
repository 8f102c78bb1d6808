import RPCTransport

/// One connection of a remote engine with the calls that are on it. A connection that the engine asks to leave goes on
/// until its last call has ended, beside its successor.
final class RemoteLink: RPCClientOwner {
    private unowned let engine: RemoteEngine
    var connection: RPCClientConnection?
    var calls: [RPCCall: RemoteCall] = [:]

    init(engine: RemoteEngine) { self.engine = engine }

    func received(_ message: UnsafeRawBufferPointer, of call: RPCCall) {
        guard let live = calls[call] else { return }
        engine.take(message, of: live)
    }

    func ended(_ call: RPCCall, _ status: RPCStatus) {
        guard let live = calls.removeValue(forKey: call) else { return }
        engine.takeEnd(of: live, status)
        engine.closeIfLeft(self)
    }

    func readCompleted() { engine.flush() }

    func refusesNewCalls() { engine.leave(self) }

    func closed(_ reason: String) {
        connection = nil
        engine.leave(self)
    }
}
