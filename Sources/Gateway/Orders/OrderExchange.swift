import Fleet
import NIOCore
import OpenAIAPI
import ServingModel

/// An order on its way to workers. A client that goes away has them asked no further. Confined to its event loop.
final class OrderExchange: Exchange {
    private let loop: any EventLoop
    /// Nil once it is answered, or no answer is wanted.
    private var sink: (any ResponseSink)?
    private var task: Task<Void, Never>?

    init(sink: any ResponseSink, loop: any EventLoop) {
        self.sink = sink
        self.loop = loop
    }

    func begin(_ order: WorkerOrder, _ workers: [OrderedWorker]) {
        let response = loop.makePromise(of: OrderResponse.self)
        task = Self.carryOut(order, workers, for: response)
        response.futureResult.assumeIsolated().whenSuccess { response in
            guard let sink = self.sink else { return }
            self.sink = nil
            var body: [UInt8] = []
            response.append(to: &body)
            sink.respond(status: 200, contentType: "application/json", body: body, fields: [])
        }
    }

    func abandon() {
        sink = nil
        task?.cancel()
    }

    func fail(_ error: APIError) {
        let sink = sink
        abandon()
        sink?.respond(error)
    }

    func setPaused(_ isPaused: Bool) {}

    /// The promise waits for the task, and `abandon` cancels it.
    private static func carryOut(
        _ order: WorkerOrder, _ workers: [OrderedWorker], for response: EventLoopPromise<OrderResponse>
    ) -> Task<Void, Never> {
        Task { response.succeed(OrderResponse(await carryOut(order, workers))) }
    }

    /// Tells all at once; the replies are in the order of the workers.
    private static func carryOut(_ order: WorkerOrder, _ workers: [OrderedWorker]) async -> [OrderResponse.Entry] {
        await withTaskGroup(of: (Int, WorkerReply).self) { group in
            for (at, worker) in workers.enumerated() { group.addTask { (at, await worker.carryOut(order)) } }
            var entries = workers.map { OrderResponse.Entry(worker: $0.id, reply: .unable("")) }
            for await (at, reply) in group { entries[at].reply = reply }
            return entries
        }
    }
}
