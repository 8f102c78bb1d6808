import NIOCore

/// Stands where the socket is: keeps what is sent until it is taken, and counts the system calls.
final class Wire: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    private var written = ByteBuffer()
    private var sent = ByteBuffer()
    private var promises: [EventLoopPromise<Void>] = []
    private(set) var sends = 0
    private(set) var reads = 0
    /// Whether this side has ended its direction, which an embedded channel cannot.
    private(set) var hasEnded = false

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        var bytes = unwrapOutboundIn(data)
        written.writeBuffer(&bytes)
        if let promise { promises.append(promise) }
    }

    func flush(context: ChannelHandlerContext) {
        if written.readableBytes > 0 { sends += 1 }
        sent.writeBuffer(&written)
        written.clear()
        let done = promises
        promises = []
        for promise in done { promise.succeed() }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .output else { return context.close(mode: mode, promise: promise) }
        hasEnded = true
        promise?.succeed()
    }

    func read(context: ChannelHandlerContext) {
        reads += 1
        context.read()
    }

    /// What has been sent since the last time; nil if nothing has.
    func take() -> ByteBuffer? {
        guard sent.readableBytes > 0 else { return nil }
        defer { sent = ByteBuffer() }
        return sent
    }
}
