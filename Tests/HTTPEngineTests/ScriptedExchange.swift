import NIOCore
import NIOHTTP1

/// A request that a scripted server got, and what it does about it.
struct ScriptedExchange: Sendable {
    let head: HTTPRequestHead
    let body: ByteBuffer
    let channel: any Channel

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) { channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }

    /// Sends a whole answer.
    func answer(
        _ body: String, status: Int = 200, fields: [String] = [], type: String = "application/json"
    ) {
        let lines = ["HTTP/1.1 \(status) Some", "content-type: \(type)", "content-length: \(body.utf8.count)"] + fields
        send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }

    /// Sends the head of a stream.
    func begin(fields: [String] = []) {
        let lines = ["HTTP/1.1 200 OK", "content-type: text/event-stream", "transfer-encoding: chunked"] + fields
        send(lines.joined(separator: "\r\n") + "\r\n\r\n")
    }

    /// Sends a part of a stream.
    func part(_ bytes: some Collection<UInt8>) {
        send(Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [13, 10])
    }

    func end() { send("0\r\n\r\n") }

    func close() { channel.close(promise: nil) }
}
