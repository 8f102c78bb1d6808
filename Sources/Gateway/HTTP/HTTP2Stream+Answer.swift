import NIOCore
import NIOHPACK
import NIOHTTP2

extension HTTP2Stream {
    func writeContinue() {
        context?.writeAndFlush(headers([(":status", "100")]), promise: nil)
    }

    func respond(status: Int, contentType: String, body: [UInt8], fields: [(name: String, value: String)]) {
        guard isAnswering, let context else { return }
        var head = head(status: status, contentType: contentType)
        for field in fields { head.add(name: field.name, value: field.value) }
        head.add(name: "content-length", value: String(body.count), indexing: .nonIndexable)
        let hasBody = !request.traits.isHead && !body.isEmpty
        context.write(headers(head, endStream: !hasBody), promise: nil)
        if hasBody {
            out.writeBytes(body)
            write(endStream: true)
        }
        context.flush()
        finishAnswer()
    }

    func beginStream() {
        var head = head(status: 200, contentType: Self.eventStream)
        head.add(name: "cache-control", value: "no-cache")
        head.add(name: "x-accel-buffering", value: "no")
        context?.write(headers(head), promise: nil)
    }

    func send(_ events: [UInt8]) { out.writeBytes(events) }

    func flush() {
        if out.readableBytes > 0 { write() }
        context?.flush()
    }

    func endStream(isWhole: Bool) {
        guard let context else { return }
        if isWhole {
            write(endStream: true)
        } else {
            // What has been written would not be sent any more after a reset.
            let isSent = context.eventLoop.makePromise(of: Void.self)
            isSent.futureResult.assumeIsolated().whenSuccess { self.reset(.internalError) }
            write(promise: isSent)
        }
        context.flush()
        finishAnswer()
    }

    private func write(endStream: Bool = false, promise: EventLoopPromise<Void>? = nil) {
        guard let context else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        context.write(
            wrapOutboundOut(.data(.init(data: .byteBuffer(out), endStream: endStream))), promise: promise)
        out = endStream ? ByteBuffer() : context.channel.allocator.buffer(capacity: 1024)
    }

    /// The fields that every answer has.
    private func head(status: Int, contentType: String) -> HPACKHeaders {
        var head: HPACKHeaders = [":status": String(status), "content-type": contentType]
        head.add(name: "x-request-id", value: request.traits.id, indexing: .nonIndexable)
        head.add(name: "date", value: state.dateText(), indexing: .nonIndexable)
        return head
    }

    private func headers(_ fields: HPACKHeaders, endStream: Bool = false) -> NIOAny {
        wrapOutboundOut(.headers(.init(headers: fields, endStream: endStream)))
    }

    private func headers(_ fields: [(String, String)]) -> NIOAny { headers(HPACKHeaders(fields)) }
}
