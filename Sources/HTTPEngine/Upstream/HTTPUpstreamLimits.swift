/// The bounds of what an upstream may take.
package struct HTTPUpstreamLimits: Sendable, Equatable {
    /// Connections of one event loop, and so the requests that run there at once; others wait for `connectSeconds`.
    package var connectionsPerLoop = 4096
    /// How long a connection may take to be there, with its TLS.
    package var connectSeconds = 5.0
    /// How long the first byte of an answer's body may take: the time in the engine's queue, the prompt, and where the
    /// answer is not streamed all of its tokens.
    package var firstByteSeconds = 600.0
    /// How long each next byte may take. Time in which the answer is paused does not count.
    package var idleSeconds = 120.0
    /// How long a connection is kept for a next request: less than the 5 s after which the Python servers close it,
    /// so that requests seldom meet a connection that is about to close.
    package var keepAliveSeconds = 4.0
    /// Bytes of an answer with an error status.
    package var errorBytes = 64 << 10
    /// Bytes of an answer to a probe.
    package var probeBytes = 4 << 20

    package init() {}

    /// Stops the process if a limit makes no sense.
    func check() {
        precondition(connectionsPerLoop > 0, "an upstream needs a connection")
        precondition(
            min(connectSeconds, firstByteSeconds, idleSeconds, keepAliveSeconds) > 0, "times are above 0 seconds")
        precondition(min(errorBytes, probeBytes) > 0, "answers need some bytes")
    }
}
