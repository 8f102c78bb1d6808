/// A frame of HTTP/2 as a server sends it, or as a client is seen to send it; for tests.
package struct Frame: Equatable, CustomStringConvertible {
    package static let data: UInt8 = 0
    package static let headers: UInt8 = 1
    package static let priority: UInt8 = 2
    package static let reset: UInt8 = 3
    package static let settings: UInt8 = 4
    package static let pushPromise: UInt8 = 5
    package static let ping: UInt8 = 6
    package static let goAway: UInt8 = 7
    package static let windowUpdate: UInt8 = 8
    package static let continuation: UInt8 = 9

    package static let endStream: UInt8 = 1
    package static let ack: UInt8 = 1
    package static let endHeaders: UInt8 = 4
    package static let padded: UInt8 = 8

    package var type: UInt8
    package var flags: UInt8
    package var stream: UInt32
    package var payload: [UInt8]

    package init(type: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, payload: [UInt8] = []) {
        self.type = type
        self.flags = flags
        self.stream = stream
        self.payload = payload
    }

    package var bytes: [UInt8] {
        Self.number(payload.count, bytes: 3) + [type, flags] + Self.number(Int(stream), bytes: 4) + payload
    }

    /// The number at the payload's beginning.
    package var value: Int { payload.prefix(4).reduce(0) { $0 << 8 | Int($1) } }

    package var description: String { "type \(type) flags \(flags) stream \(stream) \(payload.count) bytes" }

    /// Takes a whole frame off the beginning of `bytes`.
    package static func take(_ bytes: inout ArraySlice<UInt8>) -> Frame? {
        let head = Array(bytes.prefix(9))
        guard head.count == 9 else { return nil }
        let length = head[0..<3].reduce(0) { $0 << 8 | Int($1) }
        guard bytes.count >= 9 + length else { return nil }
        let stream = head[5..<9].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let payload = Array(bytes.dropFirst(9).prefix(length))
        bytes = bytes.dropFirst(9 + length)
        return Frame(type: head[3], flags: head[4], stream: stream, payload: payload)
    }

    /// A number as HTTP/2 writes it.
    package static func number(_ value: Int, bytes: Int) -> [UInt8] {
        (0..<bytes).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}
