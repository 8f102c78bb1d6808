package import ServingModel

extension APIError {
    /// What a client is told of an engine's refusal or failure.
    ///
    /// - Parameters:
    ///   - promptParam: the field that bore the prompt, `messages` or `prompt`.
    ///   - completionTokens: the most tokens that the client asked to generate.
    ///   - retryAfterSeconds: when to come back if the engine is only busy or stopping.
    package init(
        _ error: EngineError, promptParam: String, completionTokens: Int?, retryAfterSeconds: Int
    ) {
        switch error {
        case .invalid(let field, let reason): self = .invalid(field, reason)
        case .contextExceeded(let promptTokens, let contextTokens):
            self = .contextLengthExceeded(
                contextTokens: contextTokens, promptTokens: promptTokens, completionTokens: completionTokens,
                param: promptParam)
        case .queueFull(let limit): self = .queueFull(limit: limit, retryAfterSeconds: retryAfterSeconds)
        case .deadlinePassed: self = .deadlinePassed(retryAfterSeconds: retryAfterSeconds)
        case .stopping: self = .shuttingDown(retryAfterSeconds: retryAfterSeconds)
        case .unreachable, .unavailable: self = .engineUnavailable(retryAfterSeconds: retryAfterSeconds)
        case .broken: self = .serverError
        }
    }
}
