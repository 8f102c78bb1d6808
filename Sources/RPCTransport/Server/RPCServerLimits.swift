/// What a server takes of each client.
package struct RPCServerLimits: Sendable {
    /// The largest request message; a longer one is answered with `resourceExhausted`.
    package var messageBytes = 256 << 20
    /// MAX_CONCURRENT_STREAMS.
    package var concurrentStreams = 100_000
    /// What a client may send of one call, and of all of a connection, before it is granted more.
    package var streamWindowBytes = 1 << 20
    package var connectionWindowBytes = 16 << 20
    /// What may wait of one call before `onWritable` says to pause.
    package var unsentBytes = 64 << 10
    /// After how much silence a client is asked whether it is there, and how long it may leave bytes unacknowledged.
    package var pingSeconds = 30
    package var lostSeconds = 60

    package init() {}
}
