/// One request on its way to an upstream, and its answer on the way back.
///
/// The bytes of one read reach the consumer in one piece at the end of the event loop's tick, so that they leave with
/// one write. No task and no queue is between them. It goes on whether or not anyone keeps this handle.
package struct HTTPForwarding: Sendable {
    private let exchange: HTTPExchange

    init(_ exchange: HTTPExchange) { self.exchange = exchange }

    /// Ends the request and closes its connection, upon which a server stops to generate; the consumer is told
    /// `cancelled`, and gets no more bytes. Does nothing if the answer is over. Any thread may call.
    package func cancel() { exchange.cancel() }

    /// Stops reading, or goes on. What was read before is still delivered: a few hundred KiB at most. Any thread may
    /// call.
    package func setPaused(_ isPaused: Bool) { exchange.setPaused(isPaused) }
}
