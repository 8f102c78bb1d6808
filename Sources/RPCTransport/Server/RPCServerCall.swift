package import NIOCore
import NIOHPACK
import NIOHTTP2

/// A call as its server sees it. Everything is called on the call's event loop.
package final class RPCServerCall {
    private enum Phase {
        /// Nothing is answered. May become `answering` or `ended`.
        case begun
        /// The answer's headers are written. Becomes `ended`.
        case answering
        /// The call has finished or is lost; verbs do nothing.
        case ended
    }

    package let path: String
    /// The client's headers, without those of HTTP/2 itself.
    package let metadata: [(String, String)]
    /// What the client gives the call; when it has passed the call ends with `deadlineExceeded`.
    package let timeoutSeconds: Double?
    package let eventLoop: any EventLoop

    /// The client has cancelled or is gone, or the deadline has passed. Comes once, and not after an end made here.
    package var onCancelled: (() -> Void)?
    /// The client reads too slowly (false), or has caught up (true).
    package var onWritable: ((Bool) -> Void)?

    private var phase = Phase.begun
    private var context: ChannelHandlerContext?
    private var out = ByteBuffer()
    private var deadline: Scheduled<Void>?

    init(path: String, metadata: [(String, String)], timeoutSeconds: Double?, context: ChannelHandlerContext) {
        self.path = path
        self.metadata = metadata
        self.timeoutSeconds = timeoutSeconds
        self.context = context
        eventLoop = context.eventLoop
        guard let timeoutSeconds else { return }
        deadline = eventLoop.assumeIsolated().scheduleTask(in: .fraction(ofSeconds: timeoutSeconds)) { [weak self] in
            self?.deadlinePassed()
        }
    }

    // MARK: The answer

    /// Writes a message; it leaves with `flush` or `finish`.
    package func send(_ message: [UInt8]) {
        out.writeMultipleIntegers(UInt8(0), UInt32(message.count))
        out.writeBytes(message)
    }

    package func flush() {
        guard writeOut() else { return }
        context?.flush()
    }

    /// Ends the call with what is written and the status.
    package func finish(_ status: RPCStatus) {
        var trailers = HPACKHeaders()
        if case .begun = phase, out.readableBytes == 0 { trailers = Self.head }
        _ = writeOut()
        trailers.add(name: "grpc-status", value: String(status.code.rawValue))
        if !status.message.isEmpty { trailers.add(name: "grpc-message", value: PercentCoding.encode(status.message)) }
        end { $0.writeAndFlush(Self.payload(.headers(.init(headers: trailers, endStream: true))), promise: nil) }
    }

    // MARK: Misbehaviour, for tests

    /// Writes bytes of DATA as they are, without a message's prefix; they leave with `flush`.
    package func sendRaw(_ bytes: [UInt8]) {
        out.writeBytes(bytes)
    }

    /// Sends what is written, then RST_STREAM.
    package func reset(errorCode: UInt32) {
        flush()
        let code = HTTP2ErrorCode(networkCode: Int(errorCode))
        // Within a read the flush comes at the read's end, and a reset throws away what is not flushed.
        end { context in
            eventLoop.assumeIsolated().execute {
                context.writeAndFlush(Self.payload(.rstStream(code)), promise: nil)
            }
        }
    }

    /// Closes the call's connection without a word.
    package func closeConnection() {
        end { $0.channel.parent?.close(promise: nil) }
    }

    /// Says GOAWAY on the call's connection: calls that the client began after this one are not processed.
    package func goAway() {
        guard let channel = context?.channel,
            let id = try? channel.syncOptions?.getOption(HTTP2StreamChannelOptions.Types.StreamIDOption())
        else { return }
        let farewell = HTTP2Frame.FramePayload.goAway(lastStreamID: id, errorCode: .noError, opaqueData: nil)
        channel.parent?.writeAndFlush(HTTP2Frame(streamID: .rootStream, payload: farewell), promise: nil)
    }

    // MARK: The stream

    /// Whether an end was made here, or has come.
    var hasEnded: Bool { if case .ended = phase { true } else { false } }

    func writabilityChanged(_ isWritable: Bool) {
        guard !hasEnded else { return }
        onWritable?(isWritable)
    }

    /// The stream is gone.
    func lost() {
        guard !hasEnded else { return }
        let tell = onCancelled
        end { _ in }
        tell?()
    }

    private func deadlinePassed() {
        guard !hasEnded else { return }
        let tell = onCancelled
        finish(RPCStatus(.deadlineExceeded, "no end within the call's time"))
        tell?()
    }

    /// Ends the call here, and with it what the closures hold.
    private func end(_ lastWords: (ChannelHandlerContext) -> Void) {
        guard let context else { return }
        phase = .ended
        self.context = nil
        deadline?.cancel()
        lastWords(context)
        onCancelled = nil
        onWritable = nil
    }

    /// Writes the headers, if they are not written, and what is in `out`. Returns whether there was something.
    private func writeOut() -> Bool {
        guard let context, out.readableBytes > 0 else { return false }
        if case .begun = phase {
            phase = .answering
            context.write(Self.payload(.headers(.init(headers: Self.head))), promise: nil)
        }
        context.write(Self.payload(.data(.init(data: .byteBuffer(out)))), promise: nil)
        out.clear()
        return true
    }

    private static let head = HPACKHeaders([(":status", "200"), ("content-type", "application/grpc")])

    private static func payload(_ payload: HTTP2Frame.FramePayload) -> NIOAny { NIOAny(payload) }
}
