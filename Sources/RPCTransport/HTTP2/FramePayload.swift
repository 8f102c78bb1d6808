/// Takes payloads apart; none of the bytes are copied.
enum FramePayload {
    /// Strips the padding, if there is any (RFC 9113, section 6.1).
    @inline(__always)
    static func unpadded(
        _ payload: UnsafeRawBufferPointer, _ head: FrameHead
    ) throws(ProtocolViolation) -> UnsafeRawBufferPointer {
        guard head.has(FrameHead.Flag.padded) else { return payload }
        guard let padding = payload.first.map(Int.init) else {
            throw ProtocolViolation(.frameSizeError, "a padded frame without its padding's length")
        }
        guard padding < payload.count else {
            throw ProtocolViolation(.protocolError, "more padding than the frame has bytes")
        }
        return UnsafeRawBufferPointer(rebasing: payload[1..<(payload.count - padding)])
    }

    /// The header block's part in HEADERS: without padding and priority.
    static func headerBlock(
        _ payload: UnsafeRawBufferPointer, _ head: FrameHead
    ) throws(ProtocolViolation) -> UnsafeRawBufferPointer {
        let block = try unpadded(payload, head)
        guard head.has(FrameHead.Flag.priority) else { return block }
        guard block.count >= 5 else {
            throw ProtocolViolation(.frameSizeError, "HEADERS without the priority that they announce")
        }
        return UnsafeRawBufferPointer(rebasing: block[5...])
    }

    /// A big-endian number; the caller has checked the length.
    @inline(__always)
    static func number(_ payload: UnsafeRawBufferPointer, at offset: Int) -> UInt32 {
        UInt32(bigEndian: payload.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
}
