/// The fields of a protobuf message that its `.proto` file does not have.
enum UnknownFields {
    /// The number of the first; nil if there is none.
    static func firstNumber(in bytes: some Sequence<UInt8>) -> Int? {
        var tag = 0
        var shift = 0
        for byte in bytes.prefix(5) {
            tag |= Int(byte & 0x7F) << shift
            if byte < 0x80 { return tag >> 3 }
            shift += 7
        }
        return nil
    }
}
