import NIOCore

/// The nine bytes before a frame's payload.
struct FrameHead {
    /// What a frame is; other types are to be ignored.
    enum Kind: UInt8 {
        case data = 0
        case headers, priority, resetStream, settings, pushPromise, ping, goAway, windowUpdate, continuation
    }

    enum Flag {
        static let endStream: UInt8 = 0x1
        static let ack: UInt8 = 0x1
        static let endHeaders: UInt8 = 0x4
        static let padded: UInt8 = 0x8
        static let priority: UInt8 = 0x20
    }

    static let size = 9

    let length: Int
    let type: UInt8
    let flags: UInt8
    let streamID: UInt32

    /// Reads a head of which all nine bytes are there.
    @inline(__always)
    init(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        let word = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        length = Int(word >> 8)
        type = UInt8(truncatingIfNeeded: word)
        flags = bytes[offset + 4]
        let id = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 5, as: UInt32.self))
        streamID = id & HTTP2Limits.streamID
    }

    @inline(__always)
    func has(_ flag: UInt8) -> Bool { flags & flag != 0 }
}

extension ByteBuffer {
    /// Appends a frame's head; the payload of `length` bytes is to follow.
    @inline(__always)
    mutating func writeFrameHead(_ kind: FrameHead.Kind, flags: UInt8 = 0, streamID: UInt32, length: Int) {
        writeMultipleIntegers(UInt32(length) << 8 | UInt32(kind.rawValue), flags, streamID)
    }

    mutating func writeWindowUpdate(streamID: UInt32, bytes: Int) {
        writeFrameHead(.windowUpdate, streamID: streamID, length: 4)
        writeInteger(UInt32(bytes))
    }

    mutating func writeReset(streamID: UInt32, _ code: HTTP2ErrorKind) {
        writeFrameHead(.resetStream, streamID: streamID, length: 4)
        writeInteger(code.rawValue)
    }

    mutating func writeSettings(_ settings: [(SettingID, Int)]) {
        writeFrameHead(.settings, streamID: 0, length: settings.count * 6)
        for (id, value) in settings { writeMultipleIntegers(id.rawValue, UInt32(value)) }
    }

    mutating func writeGoAway(_ code: HTTP2ErrorKind, reason: String) {
        let reason = reason.utf8.prefix(256)
        writeFrameHead(.goAway, streamID: 0, length: 8 + reason.count)
        writeMultipleIntegers(UInt32(0), code.rawValue)
        writeBytes(reason)
    }
}
