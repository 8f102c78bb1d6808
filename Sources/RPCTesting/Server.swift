/// The bytes of what gRPC servers say; for tests.
package enum Server {
    package static func settings(_ values: [(Int, Int)] = []) -> [UInt8] {
        Frame(
            type: Frame.settings,
            payload: values.flatMap { (id: Int, value: Int) in
                Frame.number(id, bytes: 2) + Frame.number(value, bytes: 4)
            }
        ).bytes
    }

    /// Literals without indexing.
    package static func block(_ fields: [(String, String)]) -> [UInt8] {
        fields.flatMap { name, value in
            [0, UInt8(name.utf8.count)] + Array(name.utf8) + length(value.utf8.count) + Array(value.utf8)
        }
    }

    private static func length(_ count: Int) -> [UInt8] {
        guard count >= 127 else { return [UInt8(count)] }
        var rest = count - 127
        var bytes: [UInt8] = [127]
        while rest >= 128 {
            bytes.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    package static func headers(_ stream: UInt32, _ fields: [(String, String)], end: Bool = false) -> [UInt8] {
        Frame(
            type: Frame.headers, flags: Frame.endHeaders | (end ? Frame.endStream : 0), stream: stream,
            payload: block(fields)
        ).bytes
    }

    package static let goodHead = [(":status", "200"), ("content-type", "application/grpc")]

    package static func head(_ stream: UInt32) -> [UInt8] { headers(stream, goodHead) }

    package static func trailers(_ stream: UInt32, status: Int = 0, message: String? = nil) -> [UInt8] {
        headers(
            stream, [("grpc-status", "\(status)")] + (message.map { [("grpc-message", $0)] } ?? []), end: true)
    }

    package static func message(_ bytes: [UInt8]) -> [UInt8] { [0] + Frame.number(bytes.count, bytes: 4) + bytes }

    package static func data(_ stream: UInt32, _ bytes: [UInt8], end: Bool = false, padding: Int? = nil) -> [UInt8] {
        var frame = Frame(type: Frame.data, flags: end ? Frame.endStream : 0, stream: stream, payload: bytes)
        if let padding {
            frame.flags |= Frame.padded
            frame.payload = [UInt8(padding)] + bytes + [UInt8](repeating: 0, count: padding)
        }
        return frame.bytes
    }

    package static func reset(_ stream: UInt32, _ code: Int) -> [UInt8] {
        Frame(type: Frame.reset, stream: stream, payload: Frame.number(code, bytes: 4)).bytes
    }

    package static func windowUpdate(_ stream: UInt32, _ increment: Int) -> [UInt8] {
        Frame(type: Frame.windowUpdate, stream: stream, payload: Frame.number(increment, bytes: 4)).bytes
    }

    package static func goAway(last: UInt32, code: Int = 0, text: String = "") -> [UInt8] {
        Frame(
            type: Frame.goAway,
            payload: Frame.number(Int(last), bytes: 4) + Frame.number(code, bytes: 4) + Array(text.utf8)
        )
        .bytes
    }

    package static func ping(ack: Bool = false) -> [UInt8] {
        Frame(type: Frame.ping, flags: ack ? Frame.ack : 0, payload: Array(1...8)).bytes
    }
}
