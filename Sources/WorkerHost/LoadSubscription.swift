import NIOCore
import RPCTransport
import ServingModel
import SwiftProtobuf

/// One SubscribeKvEvents call: it stays open and carries the engine's load; there are no cache events yet.
///
/// A subscriber that does not understand records before the first batch of events gets none: its stream is open and
/// silent, and it polls. On the call's event loop.
final class LoadSubscription {
    private let call: RPCServerCall
    private let host: EngineHost
    private var recorder = LoadRecorder()
    private var nextTick: Scheduled<Void>?
    /// Called once it is over.
    var onEnd: (() -> Void)?

    init(_ call: RPCServerCall, _ host: EngineHost) {
        self.call = call
        self.host = host
    }

    func start(wantsRecords: Bool) {
        call.onCancelled = { [self] in forget() }
        if wantsRecords { tick() }
    }

    func end(_ status: RPCStatus) {
        forget()
        call.finish(status)
    }

    private func tick() {
        let interval = TimeAmount.nanoseconds(Int64(LoadRecorder.tickSeconds * 1e9))
        nextTick = call.eventLoop.assumeIsolated().scheduleTask(in: interval) { [self] in tick() }
        let batch = recorder.batch(host.load(), now: host.clock.now(), timestamp: host.clock.secondsSince1970())
        guard let batch else { return }
        do {
            call.send(try batch.serializedBytes())
            call.flush()
        } catch {
            end(RPCStatus(.internal, "the record cannot be serialized: \(error)"))
        }
    }

    private func forget() {
        nextTick?.cancel()
        nextTick = nil
        call.onCancelled = nil
        onEnd?()
        onEnd = nil
    }
}
