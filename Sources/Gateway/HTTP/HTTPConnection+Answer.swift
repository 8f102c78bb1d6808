import Logging
import NIOCore
import NIOHTTP1
import OpenAIAPI

extension HTTPConnection: ResponseSink {
    /// Answers with an error, which is counted and leaves a line in the log.
    func respond(_ error: APIError) {
        service.metrics.errorAnswered(status: error.status)
        service.logger.info(
            "A request was refused.",
            metadata: ["status": "\(error.status)", "request": "\(current.id)", "reason": "\(error.message)"])
        var body: [UInt8] = []
        error.append(to: &body)
        var fields: [(name: String, value: String)] = []
        if let seconds = error.retryAfterSeconds { fields.append(("retry-after", String(seconds))) }
        if !error.allowedMethods.isEmpty { fields.append(("allow", error.allowedMethods.joined(separator: ", "))) }
        respond(status: error.status, contentType: "application/json", body: body, fields: fields)
    }

    /// Answers with JSON.
    func respond(_ body: [UInt8]) {
        respond(status: 200, contentType: "application/json", body: body, fields: [])
    }

    func respond(status: Int, contentType: String, body: [UInt8], fields: [(name: String, value: String)]) {
        writeHead(status: status, contentType: contentType)
        for field in fields { out.writeString("\(field.name): \(field.value)\r\n") }
        out.writeString("content-length: \(body.count)\r\n\r\n")
        if !current.isHead { out.writeBytes(body) }
        flush()
        finishAnswer()
    }

    func beginStream() {
        isStreaming = true
        if !current.allowsChunks { current.keepsAlive = false }
        writeHead(status: 200, contentType: "text/event-stream; charset=utf-8")
        out.writeStaticString("cache-control: no-cache\r\nx-accel-buffering: no\r\n")
        if current.allowsChunks { out.writeStaticString("transfer-encoding: chunked\r\n") }
        out.writeStaticString("\r\n")
    }

    func send(_ events: [UInt8]) {
        guard current.allowsChunks else {
            out.writeBytes(events)
            return
        }
        out.writeString(String(events.count, radix: 16))
        out.writeStaticString("\r\n")
        out.writeBytes(events)
        out.writeStaticString("\r\n")
    }

    func endStream(isWhole: Bool) {
        if isWhole {
            if current.allowsChunks { out.writeStaticString("0\r\n\r\n") }
        } else {
            current.keepsAlive = false
        }
        flush()
        finishAnswer()
    }

    func flush() {
        guard out.readableBytes > 0, let context else { return }
        context.writeAndFlush(wrapOutboundOut(out), promise: nil)
        out = context.channel.allocator.buffer(capacity: 1024)
    }

    private func writeHead(status: Int, contentType: String) {
        out.writeString("HTTP/1.1 \(status) \(Self.reason(status))\r\ncontent-type: ")
        out.writeString(contentType)
        out.writeString("\r\nx-request-id: \(current.id)\r\ndate: \(state.dateText())\r\n")
        if service.isDraining { current.keepsAlive = false }
        if !current.keepsAlive {
            out.writeStaticString("connection: close\r\n")
        } else if current.isHTTP10 {
            out.writeStaticString("connection: keep-alive\r\n")
        }
    }

    private static func reason(_ status: Int) -> String {
        HTTPResponseStatus(statusCode: status).reasonPhrase
    }
}
