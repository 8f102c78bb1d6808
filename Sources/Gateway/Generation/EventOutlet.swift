import NIOCore
import ServingModel

/// Where the events of all requests of one event loop arrive: the engine's thread hands over a step's batch, which
/// crosses to the loop at once and is flushed to each connection once.
// @unchecked because everything but `loop` is touched on the loop alone.
final class EventOutlet: EventConsumer, @unchecked Sendable {
    let loop: any EventLoop
    private var exchanges: [RequestID: GenerationExchange] = [:]
    private var touched: [GenerationExchange] = []

    init(loop: any EventLoop) { self.loop = loop }

    func consume(_ batch: [GenerationEvent]) {
        loop.execute { self.deliver(batch) }
    }

    func register(_ exchange: GenerationExchange, for request: RequestID) {
        loop.preconditionInEventLoop()
        exchanges[request] = exchange
    }

    func forget(_ request: RequestID) {
        loop.preconditionInEventLoop()
        exchanges[request] = nil
    }

    private func deliver(_ batch: [GenerationEvent]) {
        let now = WallClock.now
        for event in batch {
            guard let exchange = exchanges[event.request] else { continue }
            if !exchange.isTouched {
                exchange.isTouched = true
                touched.append(exchange)
            }
            exchange.take(event, now: now)
        }
        for exchange in touched {
            exchange.isTouched = false
            exchange.flush(now: now)
        }
        touched.removeAll(keepingCapacity: true)
    }
}

extension GenerationEvent {
    fileprivate var request: RequestID {
        switch self {
        case .started(let request, _), .token(let request, _, _), .finished(let request, _, _),
            .failed(let request, _):
            request
        }
    }
}
