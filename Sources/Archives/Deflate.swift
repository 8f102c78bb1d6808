import CZlib

/// Raw deflate (RFC 1951) through zlib.
enum Deflate {
    /// - Parameter bytes: how many come out; more or fewer is an error.
    static func inflate(_ stored: ArraySlice<UInt8>, bytes: Int) throws(ArchiveError) -> [UInt8] {
        guard bytes > 0 else { return [] }
        var stream = z_stream()
        // Negative: no header of zlib's own around the data.
        let isReady = inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard isReady == Z_OK else { throw .damaged("zlib cannot begin") }
        defer { inflateEnd(&stream) }
        var input = Array(stored)
        var result = Z_OK
        let output = [UInt8](unsafeUninitializedCapacity: bytes) { buffer, count in
            input.withUnsafeMutableBufferPointer { input in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = buffer.baseAddress
                stream.avail_out = UInt32(bytes)
                result = CZlib.inflate(&stream, Z_FINISH)
            }
            count = bytes - Int(stream.avail_out)
        }
        guard result == Z_STREAM_END else { throw .damaged("its deflated data") }
        return output
    }

    static func checksum(_ content: [UInt8]) -> UInt32 {
        content.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32(0, $0.baseAddress, UInt32($0.count))) }
    }
}
