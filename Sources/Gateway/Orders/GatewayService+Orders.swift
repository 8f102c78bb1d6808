import AccessKeys
import Fleet
import Logging
import NIOCore
import OpenAIAPI
import ServingModel

extension GatewayService {
    /// Has workers do something beside their requests, and answers what each says.
    func order(_ kind: OrderRequest.Kind, _ body: ByteBuffer, on connection: any RequestCarrier) throws(APIError) {
        let request = try OrderRequest.decode(Array(body.readableBytesView), of: kind)
        let workers = try addressees(of: request)
        var metadata: Logger.Metadata = [
            "request": "\(connection.request.traits.id)", "order": "\(kind)", "workers": "\(workers.count)",
        ]
        if let principal = connection.request.traits.principal { metadata["client"] = "\(principal.name)" }
        logger.notice("Workers are given an order.", metadata: metadata)
        let exchange = OrderExchange(sink: connection, loop: connection.loop)
        connection.exchange = exchange
        exchange.begin(request.order, workers)
    }

    private func addressees(of request: OrderRequest) throws(APIError) -> [OrderedWorker] {
        var workers = workers()
        if let id = request.worker {
            workers.removeAll { $0.id != id }
            if workers.isEmpty { throw .invalid("worker", "there is no worker of this address") }
        }
        if let model = request.model {
            workers.removeAll { !$0.models.contains(model) }
            if workers.isEmpty { throw .modelNotFound(model) }
        }
        return workers
    }
}
