import ServingModel

/// What the engine's thread is told by others.
enum Command: Sendable {
    /// A request with a constraint waits for its `constrained`.
    case submit(GenerationRequest, any EventConsumer)
    case constrained(RequestID, ConstraintCompiler.Outcome)
    case cancel(RequestID, choice: Int?)
    case setPaused(RequestID, Bool)
    /// Answered at once; with nil if the engine stops instead.
    case flushCache(@Sendable (CacheFlush?) -> Void)
    case shutDown
}
