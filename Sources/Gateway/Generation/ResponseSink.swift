import OpenAIAPI

/// What a generation writes its answer to: an HTTP connection on the same event loop.
protocol ResponseSink: AnyObject {
    /// Sends a whole response, with header fields beside those that every one has.
    func respond(status: Int, contentType: String, body: [UInt8], fields: [(name: String, value: String)])
    /// Sends an error as a whole response.
    func respond(_ error: APIError)
    /// Writes the head of a stream of server-sent events.
    func beginStream()
    /// Writes events; they leave with the next `flush` or `endStream`.
    func send(_ events: [UInt8])
    func flush()
    /// Ends the stream; `isWhole` is false when it broke off, and the connection is closed then.
    func endStream(isWhole: Bool)
}
