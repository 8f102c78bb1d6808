/// What a client connection may use of time and memory.
package struct RPCClientLimits: Sendable {
    /// From the start to the server's SETTINGS: name, TCP, TLS, HTTP/2.
    package var connectSeconds = 10.0
    /// The largest message that is taken from the server; a longer one ends its call with `resourceExhausted`.
    package var messageBytes = 256 << 20
    /// What the server may send of one call before it is granted more; a paused call holds the server to it.
    package var streamWindowBytes = 256 << 10
    /// What the server may send of all calls before it is granted more. At least 65,535.
    package var connectionWindowBytes = 64 << 20
    /// The most calls that wait behind the server's MAX_CONCURRENT_STREAMS; one more ends with `resourceExhausted`.
    package var waitingCalls = 65_536
    /// After how much silence, while calls are open, the server is asked whether it is there.
    package var pingIdleSeconds = 20.0
    /// How long it may take to answer before the connection counts as lost.
    package var pingTimeoutSeconds = 10.0

    package init() {}

    func check() {
        precondition(messageBytes > 0 && messageBytes <= Int(UInt32.max), "messages have lengths of 32 bits")
        precondition((1...HTTP2Limits.windowBytes).contains(streamWindowBytes), "a window is 1 byte to 2 GiB - 1")
        precondition(
            (HTTP2Limits.defaultWindowBytes...HTTP2Limits.windowBytes).contains(connectionWindowBytes),
            "a connection's window is 65,535 bytes to 2 GiB - 1")
        precondition(waitingCalls >= 0 && waitingCalls <= CallTable.slotLimit / 2, "too many waiting calls")
        precondition(connectSeconds > 0 && pingIdleSeconds > 0 && pingTimeoutSeconds > 0, "times are positive")
    }
}
