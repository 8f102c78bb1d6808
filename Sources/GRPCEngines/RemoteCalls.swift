import EngineWire
import RPCTransport
import ServingModel

/// The requests that a remote engine has not ended, and what their answers become.
final class RemoteCalls {
    private let dialect: EngineDialect
    private let address: RPCAddress
    private let outlet: RemoteOutlet
    private let now: @Sendable () -> Moment
    private var live: [RequestID: RemoteCall] = [:]

    init(_ subject: RemoteEngine.Subject, _ outlet: RemoteOutlet, now: @escaping @Sendable () -> Moment) {
        dialect = subject.dialect
        address = subject.endpoint.address
        self.outlet = outlet
        self.now = now
    }

    var count: Int { live.count }

    subscript(_ request: RequestID) -> RemoteCall? { live[request] }

    func add(_ call: RemoteCall) { live[call.request] = call }

    // MARK: What comes back

    /// Takes a message of a call.
    func take(_ message: UnsafeRawBufferPointer, of call: RemoteCall) {
        guard !call.hasEnded else { return }
        call.hear(now: now())
        do throws(WireError) {
            guard call.reader != nil else {
                outlet.batch.append(.embedded(call.request, try dialect.readEmbedding(message)))
                return remove(call)
            }
            try call.reader?.read(message, into: &outlet.batch)
            if call.reader?.isComplete == true { remove(call) }
        } catch {
            // What follows the end of the last choice is nobody's.
            if call.reader?.isComplete == true { return remove(call) }
            fail(call, .broken("\(address) sent what is not understood: \(error)"))
        }
    }

    /// Takes the end of a call; one before the answer is complete is a failure, whatever the status.
    func takeEnd(of call: RemoteCall, _ status: RPCStatus) {
        call.sent = nil
        guard !call.hasEnded else { return }
        remove(call)
        outlet.report(.failed(call.request, EngineError(status, from: address)))
    }

    func flush() { outlet.flush() }

    // MARK: Ends made here

    /// Ends a call that nobody wants any more.
    func abort(_ call: RemoteCall) {
        guard !call.hasEnded else { return }
        remove(call)
        call.message = []
        if let sent = call.sent { sent.link.cancel(sent.call, wireID: call.wireID) }
    }

    func fail(_ call: RemoteCall, _ error: EngineError) {
        guard !call.hasEnded else { return }
        abort(call)
        outlet.report(.failed(call.request, error))
    }

    func failAll(_ error: EngineError) {
        for call in Array(live.values) { fail(call, error) }
    }

    /// Gives up the calls whose engine has been waited for long enough.
    func giveUp(_ patience: RemotePatience, now: Moment) {
        for call in Array(live.values) {
            if let error = patience.error(of: call, now: now) { fail(call, error) }
        }
    }

    private func remove(_ call: RemoteCall) {
        call.hasEnded = true
        live[call.request] = nil
    }
}
