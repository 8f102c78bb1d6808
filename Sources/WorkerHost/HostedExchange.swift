import ServingModel

/// A call that waits for the engine's events; everything on its event loop.
protocol HostedExchange: AnyObject {
    func take(_ event: GenerationEvent)
    /// Comes once behind all events of one batch that were for it.
    func flush()
}
