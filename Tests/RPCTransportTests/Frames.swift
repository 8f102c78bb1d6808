/// Frames as a server sends them, and as a client is seen to send them.
struct Frame: Equatable, CustomStringConvertible {
    static let data: UInt8 = 0
    static let headers: UInt8 = 1
    static let priority: UInt8 = 2
    static let reset: UInt8 = 3
    static let settings: UInt8 = 4
    static let pushPromise: UInt8 = 5
    static let ping: UInt8 = 6
    static let goAway: UInt8 = 7
    static let windowUpdate: UInt8 = 8
    static let continuation: UInt8 = 9

    static let endStream: UInt8 = 1
    static let ack: UInt8 = 1
    static let endHeaders: UInt8 = 4
    static let padded: UInt8 = 8

    var type: UInt8
    var flags: UInt8 = 0
    var stream: UInt32 = 0
    var payload: [UInt8] = []

    var bytes: [UInt8] {
        number(payload.count, bytes: 3) + [type, flags] + number(Int(stream), bytes: 4) + payload
    }

    /// The number at the payload's beginning.
    var value: Int { payload.prefix(4).reduce(0) { $0 << 8 | Int($1) } }

    var description: String { "type \(type) flags \(flags) stream \(stream) \(payload.count) bytes" }

    /// Takes a whole frame off the beginning of `bytes`.
    static func take(_ bytes: inout ArraySlice<UInt8>) -> Frame? {
        let head = Array(bytes.prefix(9))
        guard head.count == 9 else { return nil }
        let length = head[0..<3].reduce(0) { $0 << 8 | Int($1) }
        guard bytes.count >= 9 + length else { return nil }
        let stream = head[5..<9].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let payload = Array(bytes.dropFirst(9).prefix(length))
        bytes = bytes.dropFirst(9 + length)
        return Frame(type: head[3], flags: head[4], stream: stream, payload: payload)
    }
}

func number(_ value: Int, bytes: Int) -> [UInt8] {
    (0..<bytes).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
}

/// What servers say.
enum Server {
    static func settings(_ values: [(Int, Int)] = []) -> [UInt8] {
        Frame(
            type: Frame.settings,
            payload: values.flatMap { (id: Int, value: Int) in number(id, bytes: 2) + number(value, bytes: 4) }
        ).bytes
    }

    /// Literals without indexing.
    static func block(_ fields: [(String, String)]) -> [UInt8] {
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

    static func headers(_ stream: UInt32, _ fields: [(String, String)], end: Bool = false) -> [UInt8] {
        Frame(
            type: Frame.headers, flags: Frame.endHeaders | (end ? Frame.endStream : 0), stream: stream,
            payload: block(fields)
        ).bytes
    }

    static let goodHead = [(":status", "200"), ("content-type", "application/grpc")]

    static func head(_ stream: UInt32) -> [UInt8] { headers(stream, goodHead) }

    static func trailers(_ stream: UInt32, status: Int = 0, message: String? = nil) -> [UInt8] {
        headers(
            stream, [("grpc-status", "\(status)")] + (message.map { [("grpc-message", $0)] } ?? []), end: true)
    }

    static func message(_ bytes: [UInt8]) -> [UInt8] { [0] + number(bytes.count, bytes: 4) + bytes }

    static func data(_ stream: UInt32, _ bytes: [UInt8], end: Bool = false, padding: Int? = nil) -> [UInt8] {
        var frame = Frame(type: Frame.data, flags: end ? Frame.endStream : 0, stream: stream, payload: bytes)
        if let padding {
            frame.flags |= Frame.padded
            frame.payload = [UInt8(padding)] + bytes + [UInt8](repeating: 0, count: padding)
        }
        return frame.bytes
    }

    static func reset(_ stream: UInt32, _ code: Int) -> [UInt8] {
        Frame(type: Frame.reset, stream: stream, payload: number(code, bytes: 4)).bytes
    }

    static func windowUpdate(_ stream: UInt32, _ increment: Int) -> [UInt8] {
        Frame(type: Frame.windowUpdate, stream: stream, payload: number(increment, bytes: 4)).bytes
    }

    static func goAway(last: UInt32, code: Int = 0, text: String = "") -> [UInt8] {
        Frame(type: Frame.goAway, payload: number(Int(last), bytes: 4) + number(code, bytes: 4) + Array(text.utf8))
            .bytes
    }

    static func ping(ack: Bool = false) -> [UInt8] {
        Frame(type: Frame.ping, flags: ack ? Frame.ack : 0, payload: Array(1...8)).bytes
    }
}
