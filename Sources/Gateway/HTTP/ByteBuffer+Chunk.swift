package import NIOCore

extension ByteBuffer {
    /// Writes bytes, of which there are some, as a chunk of HTTP/1.1's chunked transfer coding (RFC 9112, section 7.1).
    package mutating func writeChunk(_ bytes: [UInt8]) {
        let digitCount = (Int.bitWidth - bytes.count.leadingZeroBitCount + 3) / 4
        let size = digitCount + bytes.count + 4
        writeWithUnsafeMutableBytes(minimumWritableBytes: size) { chunk in
            for at in 0..<digitCount {
                let digit = UInt8(truncatingIfNeeded: bytes.count >> (4 * (digitCount - 1 - at)) & 15)
                chunk[at] = digit + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
            }
            chunk.storeBytes(of: UInt16(bigEndian: 0x0D0A), toByteOffset: digitCount, as: UInt16.self)
            UnsafeMutableRawBufferPointer(rebasing: chunk[(digitCount + 2)...]).copyBytes(from: bytes)
            chunk.storeBytes(of: UInt16(bigEndian: 0x0D0A), toByteOffset: size - 2, as: UInt16.self)
            return size
        }
    }
}
