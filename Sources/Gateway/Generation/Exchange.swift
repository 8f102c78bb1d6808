import OpenAIAPI

/// What a connection's current request has begun. Confined to the connection's event loop.
protocol Exchange: AnyObject {
    /// The client is gone, or the gateway gives the request up.
    func abandon()
    /// Breaks the request off with an error that the client is told.
    func fail(_ error: APIError)
    /// The client cannot keep up, or can again.
    func setPaused(_ isPaused: Bool)
}
