/// A pull reader over the fields of one Protocol Buffers message.
///
/// Format: protobuf.dev/programming-guides/encoding. Groups, which nobody writes any more, are malformed.
struct ProtobufReader {
    enum Value {
        case varint(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        case bytes(ArraySlice<UInt8>)
    }

    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// The next field's number and value; nil at the end of the message.
    mutating func next() throws(TokenizationError) -> (field: Int, value: Value)? {
        guard position < bytes.endIndex else { return nil }
        let key = try varint()
        let field = Int(key >> 3)
        switch key & 7 {
        case 0: return (field, .varint(try varint()))
        case 1: return (field, .fixed64(try fixed(8)))
        case 2:
            let count = try varint()
            guard count <= UInt64(bytes.endIndex - position) else { throw .malformed("a field is cut short") }
            defer { position += Int(count) }
            return (field, .bytes(bytes[position..<position + Int(count)]))
        case 5: return (field, .fixed32(UInt32(try fixed(4))))
        default: throw .malformed("field \(field) has a type that there is not")
        }
    }

    private mutating func varint() throws(TokenizationError) -> UInt64 {
        var result: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard position < bytes.endIndex else { throw .malformed("a number is cut short") }
            let byte = bytes[position]
            position += 1
            result |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return result }
        }
        throw .malformed("a number is too long")
    }

    private mutating func fixed(_ count: Int) throws(TokenizationError) -> UInt64 {
        guard bytes.endIndex - position >= count else { throw .malformed("a number is cut short") }
        defer { position += count }
        return (0..<count).reduce(0) { $0 | UInt64(bytes[position + $1]) << UInt64(8 * $1) }
    }
}
