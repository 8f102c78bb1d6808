import RPCTransport
import ServingModel

extension EngineError {
    /// The status that ends a call with this error: the codes that vLLM's servicer takes for the same.
    var status: RPCStatus {
        switch self {
        case .invalid(let field, let reason): RPCStatus(.invalidArgument, "\(field): \(reason)")
        case .contextExceeded(let promptTokens, let contextTokens):
            RPCStatus(
                .invalidArgument,
                "the prompt's \(promptTokens) tokens are too many for the context of \(contextTokens) tokens")
        case .queueFull(let limit): RPCStatus(.resourceExhausted, "the queue of \(limit) requests is full")
        case .deadlinePassed: RPCStatus(.deadlineExceeded, "the request waited for the engine until its deadline")
        case .stopping: RPCStatus(.unavailable, "the worker is shutting down")
        case .unreachable(let reason), .unavailable(let reason): RPCStatus(.unavailable, reason)
        case .broken(let reason): RPCStatus(.internal, reason)
        }
    }
}
