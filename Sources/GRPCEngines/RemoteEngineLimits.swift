package import RPCTransport

/// Bounds of one worker's connection on one event loop.
package struct RemoteEngineLimits: Sendable {
    package var transport = RPCClientLimits()
    /// Requests that may wait for the connection to be made.
    package var waitingRequests = 4096
    /// How long a running request may go without a message before its engine counts as lost. What is not streamed may
    /// take so long beyond its deadline.
    package var silenceSeconds = 300.0
    /// How long a call may stay open whose answer is complete, or that aborts another.
    package var trailerSeconds = 10.0
    /// How often deadlines are looked at.
    package var sweepSeconds = 0.5

    package init() {}
}
