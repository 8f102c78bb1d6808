/// The five bytes before a gRPC message: whether it is compressed, and its length.
enum MessagePrefix {
    static let size = 5

    static func bytes(length: Int) -> [UInt8] {
        [0] + stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: length >> $0) }
    }

    @inline(__always)
    static func length(_ bytes: UnsafeRawBufferPointer) -> Int {
        Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 1, as: UInt32.self)))
    }

    /// Why a message with this prefix is refused, or nil.
    @inline(__always)
    static func refusal(flag: UInt8, length: Int, limit: Int) -> RPCStatus? {
        if flag == 0, length <= limit { return nil }
        if flag == 0 { return RPCStatus(.resourceExhausted, "a message of \(length) bytes; the limit is \(limit)") }
        return RPCStatus(
            .internal, flag == 1 ? "a compressed message, without being asked" : "no gRPC message: flag \(flag)")
    }
}
