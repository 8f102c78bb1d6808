import NIOCore
import NIOHTTP1

extension HTTP1Connection {
    func writeContinue() {
        out.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
        flush()
    }

    func respond(status: Int, contentType: String, body: [UInt8], fields: [(name: String, value: String)]) {
        writeHead(status: status, contentType: contentType)
        for field in fields { out.writeString("\(field.name): \(field.value)\r\n") }
        out.writeString("content-length: \(body.count)\r\n\r\n")
        if !request.traits.isHead { out.writeBytes(body) }
        flush()
        finishAnswer()
    }

    func beginStream() {
        isStreaming = true
        if !request.traits.allowsChunks { request.traits.keepsAlive = false }
        writeHead(status: 200, contentType: Self.eventStream)
        out.writeStaticString("cache-control: no-cache\r\nx-accel-buffering: no\r\n")
        if request.traits.allowsChunks { out.writeStaticString("transfer-encoding: chunked\r\n") }
        out.writeStaticString("\r\n")
    }

    func send(_ events: [UInt8]) {
        if request.traits.allowsChunks { out.writeChunk(events) } else { out.writeBytes(events) }
    }

    func endStream(isWhole: Bool) {
        if isWhole {
            if request.traits.allowsChunks { out.writeStaticString("0\r\n\r\n") }
        } else {
            request.traits.keepsAlive = false
        }
        flush()
        finishAnswer()
    }

    func flush() {
        guard out.readableBytes > 0, let context else { return }
        context.writeAndFlush(wrapOutboundOut(out), promise: nil)
        // What has left at once gives its memory back here, unless it is much.
        if out.capacity <= Self.keptBytes { out.clear() } else { out = ByteBuffer() }
    }

    private func writeHead(status: Int, contentType: String) {
        out.writeString("HTTP/1.1 \(status) \(Self.reason(status))\r\ncontent-type: ")
        out.writeString(contentType)
        out.writeString("\r\nx-request-id: \(request.traits.id)\r\ndate: \(state.dateText())\r\n")
        if service.isDraining { request.traits.keepsAlive = false }
        if !request.traits.keepsAlive {
            out.writeStaticString("connection: close\r\n")
        } else if request.traits.isHTTP10 {
            out.writeStaticString("connection: keep-alive\r\n")
        }
    }

    private static func reason(_ status: Int) -> String {
        HTTPResponseStatus(statusCode: status).reasonPhrase
    }
}
