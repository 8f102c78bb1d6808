import NIOCore
import ServingModel

/// Where the events of all calls of one event loop arrive; a batch crosses to the loop at once.
// @unchecked because everything but `loop` is touched on the loop alone.
final class HostOutlet: EventConsumer, @unchecked Sendable {
    let loop: any EventLoop
    private var exchanges: [RequestID: any HostedExchange] = [:]

    init(loop: any EventLoop) { self.loop = loop }

    func consume(_ batch: [GenerationEvent]) {
        // Not at once even on the loop itself: an engine may answer inside of `submit`.
        loop.execute { self.deliver(batch) }
    }

    func register(_ exchange: any HostedExchange, for request: RequestID) {
        loop.preconditionInEventLoop()
        exchanges[request] = exchange
    }

    func forget(_ request: RequestID) {
        loop.preconditionInEventLoop()
        exchanges[request] = nil
    }

    private func deliver(_ batch: [GenerationEvent]) {
        var touched: [any HostedExchange] = []
        var last: RequestID?
        for event in batch {
            guard let exchange = exchanges[event.request] else { continue }
            exchange.take(event)
            // A request's events stand together mostly, and a flush too many writes nothing.
            if last != event.request { touched.append(exchange) }
            last = event.request
        }
        for exchange in touched { exchange.flush() }
    }
}
