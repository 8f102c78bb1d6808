import EngineWire
import NIOCore
import RPCTransport
import ServingModel
import SwiftProtobuf

extension EngineHost {
    /// The longest that a flush waits for requests to end.
    private static let flushSecondsMax = 600.0

    /// Has the engine forget what it holds of requests that have ended, as vLLM's servicer does.
    func flush(_ message: SMGFlushCacheRequest, _ call: RPCServerCall) {
        guard let flushCache else { return refuse(call, .unimplemented, "the engine's cache cannot be flushed") }
        let wanted = message.timeoutS.isFinite ? Double(message.timeoutS) : 0
        let seconds = min(max(wanted, 0), call.timeoutSeconds ?? Self.flushSecondsMax, Self.flushSecondsMax)
        let flush = call.eventLoop.makePromise(of: CacheFlush.self)
        // The promise waits for it, and a client that goes away cancels it.
        let task = Task { flush.succeed(await flushCache(seconds)) }
        call.onCancelled = { task.cancel() }
        flush.futureResult.assumeIsolated().whenSuccess { flush in
            let reply = flush.reply
            call.answer(
                SMGFlushCacheResponse.with { answer in
                    answer.success = reply.isDone
                    answer.message = reply.message
                })
        }
    }
}
