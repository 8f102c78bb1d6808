import Fleet
import HTTPEngine
import NIOCore
import OpenAIAPI
import ServingModel

/// A request that goes on to a server of the same API.
struct PreparedForward: Sendable {
    let pool: WorkerPool
    let path: String
    /// Whether streams of this path can be asked for their usage.
    let isGeneration: Bool
    /// The client's body.
    let body: [UInt8]

    /// What a worker gets: the model by the worker's own name, and streams asked for their usage.
    func request(
        for worker: Worker, headers: [(String, String)]
    ) throws(APIError) -> (HTTPForwardRequest, HTTPUpstream, hidesUsage: Bool) {
        guard case .text(let upstream, let name) = worker.link else {
            preconditionFailure("'\(worker.id)' takes tokens")
        }
        let rewriter = RequestRewriter(
            model: name == worker.card.model.rawValue ? nil : name, asksForUsage: isGeneration)
        do {
            let rewritten = try rewriter.rewrite(body)
            let request = HTTPForwardRequest(
                method: "POST", path: path, headers: headers, body: ByteBuffer(bytes: rewritten.body))
            return (request, upstream, rewritten.hidesUsage)
        } catch {
            throw .badRequest("The body of the request is not a JSON object: \(error).")
        }
    }
}
