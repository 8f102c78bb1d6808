import NIOCore
import OpenAIAPI
import ServingModel

/// Where the events of all requests of one event loop arrive: a step's batch crosses to the loop at once, or is there
/// already if the engine lives on the loop, and is flushed to each connection once.
// @unchecked because everything but `loop` is touched on the loop alone.
final class EventOutlet: EventConsumer, @unchecked Sendable {
    let loop: any EventLoop
    private var exchanges: [RequestID: GenerationExchange] = [:]
    private var embeddings: [RequestID: EmbeddingExchange] = [:]
    private var forwardings: [ObjectIdentifier: ForwardingExchange] = [:]
    private var touched: [GenerationExchange] = []
    /// Whether a request is being submitted or a batch delivered; what arrives meanwhile has its turn afterwards.
    private var isBusy = false
    /// Whether a batch is being delivered: connections of many streams are flushed when it is.
    private(set) var isDelivering = false
    private var heldFlushes: [HTTP2FlushGate] = []

    init(loop: any EventLoop) { self.loop = loop }

    func consume(_ batch: [GenerationEvent]) {
        if loop.inEventLoop, !isBusy { deliver(batch) } else { loop.execute { self.deliver(batch) } }
    }

    func submit(_ request: GenerationRequest, of exchange: GenerationExchange, to engine: any Engine) {
        loop.preconditionInEventLoop()
        exchanges[request.id] = exchange
        let wasBusy = isBusy
        isBusy = true
        engine.submit(request, to: self)
        isBusy = wasBusy
    }

    func submit(_ request: EmbeddingRequest, of exchange: EmbeddingExchange, to engine: any Engine) {
        loop.preconditionInEventLoop()
        embeddings[request.id] = exchange
        let wasBusy = isBusy
        isBusy = true
        engine.embed(request, to: self)
        isBusy = wasBusy
    }

    func forget(_ request: RequestID) {
        loop.preconditionInEventLoop()
        if exchanges.removeValue(forKey: request) == nil { embeddings[request] = nil }
    }

    func add(_ exchange: ForwardingExchange) { forwardings[ObjectIdentifier(exchange)] = exchange }

    func remove(_ exchange: ForwardingExchange) { forwardings[ObjectIdentifier(exchange)] = nil }

    /// Ends the request with this name; false if it is not under way here.
    func abort(_ name: String) -> Bool {
        if let exchange = exchanges.values.first(where: { $0.head.id == name }) {
            exchange.abort()
        } else if let exchange = forwardings.values.first(where: { $0.id == name }) {
            exchange.abort()
        } else {
            return false
        }
        return true
    }

    private func deliver(_ batch: [GenerationEvent]) {
        isBusy = true
        isDelivering = true
        let now = WallClock.now
        for event in batch {
            guard let exchange = exchanges[event.request] else {
                embeddings[event.request]?.take(event)
                continue
            }
            if !exchange.isTouched {
                exchange.isTouched = true
                touched.append(exchange)
            }
            exchange.take(event, now: now)
        }
        for exchange in touched {
            exchange.isTouched = false
            exchange.flush()
        }
        touched.removeAll(keepingCapacity: true)
        isDelivering = false
        isBusy = false
        if !heldFlushes.isEmpty { openGates() }
    }

    private func openGates() {
        let gates = heldFlushes
        heldFlushes.removeAll()
        for gate in gates { gate.open() }
    }

    /// Has `gate` opened when the batch is delivered.
    func hold(_ gate: HTTP2FlushGate) { heldFlushes.append(gate) }
}
