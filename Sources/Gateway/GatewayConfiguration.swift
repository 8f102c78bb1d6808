/// How the gateway listens, and its bounds.
package struct GatewayConfiguration: Sendable {
    package var host = "127.0.0.1"
    /// 0 takes any free port.
    package var port = 8080
    /// Nil leaves connections unencrypted.
    package var tls: TLSIdentity?
    /// Nil lets everyone in.
    package var authenticator: (any Authenticator)?
    /// Event loops, each with a thread of its own.
    package var eventLoops = 1
    /// Threads that decode, render and tokenize long bodies.
    package var preparingThreads = 2
    package var limits = Limits()

    package struct Limits: Sendable, Equatable {
        package var connections = 4096
        /// Name and value of one header field.
        package var headerFieldBytes = 16 << 10
        /// All header fields of a request.
        package var headerBytes = 64 << 10
        package var headerFields = 100
        package var bodyBytes = 16 << 20
        /// Request bodies of all connections of one event loop together; one of the largest fits in any case.
        package var allBodiesBytes = 256 << 20
        /// Bodies up to this size are decoded, rendered and tokenized on the event loop; larger ones off it.
        package var inlineBodyBytes = 4 << 10
        /// Requests that a client may send ahead of the answers on one connection, in bytes.
        package var pipelinedBytes = 64 << 10
        /// Response bytes that may wait for a slow client before its request is paused.
        package var outboundBytes = 64 << 10
        package var headSeconds = 30.0
        package var bodySeconds = 120.0
        package var idleSeconds = 90.0
        /// How long a client may leave a response unread.
        package var stallSeconds = 60.0
        /// Streams that a client may have open at once on one connection of HTTP/2.
        package var concurrentStreams = 256
        /// What a client may have under way of a request's body, and of those of all streams of a connection, before
        /// the gateway has taken it.
        package var streamWindowBytes = 1 << 20
        package var connectionWindowBytes = 4 << 20
        /// Streams that a client may break off on one connection, and signals other than requests that it may send,
        /// within `abuseSeconds`.
        package var resetStreams = 1024
        package var controlFrames = 1024
        package var abuseSeconds: Int64 = 30
        /// How long a refused client may go on sending before it is cut off.
        package var lingerSeconds = 5.0
        /// How long a request may wait for the engine.
        package var queueSeconds = 60.0
        package var retryAfterSeconds = 1
        /// How long running streams may take to end when the process is told to stop.
        package var drainSeconds = 30.0

        package init() {}
    }

    package init() {}
}
