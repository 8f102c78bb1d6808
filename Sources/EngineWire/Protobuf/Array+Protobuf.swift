import ServingModel

/// Protobuf's encoding, appended to bytes. A scalar that equals the field's default is written all the same where the
/// caller asks for it: that is how optional fields say that they are present.
extension [UInt8] {
    mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func appendTag(_ field: Int, _ type: WireType) {
        appendVarint(UInt64(field) << 3 | UInt64(type.rawValue))
    }

    mutating func appendField(_ field: Int, _ value: UInt64) {
        appendTag(field, .varint)
        appendVarint(value)
    }

    /// Appends an `int32`, of which a negative one takes ten bytes.
    mutating func appendField(_ field: Int, _ value: Int32) {
        appendField(field, UInt64(bitPattern: Int64(value)))
    }

    /// Appends a count, cut to what an `int32` can hold.
    mutating func appendField(_ field: Int, count: Int) {
        appendField(field, UInt64(Swift.min(Swift.max(count, 0), Int(Int32.max))))
    }

    /// Appends true; false is what an absent field is.
    mutating func appendFlag(_ field: Int, _ isSet: Bool) {
        if isSet { appendField(field, UInt64(1)) }
    }

    mutating func appendField(_ field: Int, _ value: Float) {
        appendTag(field, .fixed32)
        Swift.withUnsafeBytes(of: value.bitPattern.littleEndian) { append(contentsOf: $0) }
    }

    mutating func appendField(_ field: Int, _ text: String) {
        appendTag(field, .lengthDelimited)
        var text = text
        text.withUTF8 { utf8 in
            appendVarint(UInt64(utf8.count))
            append(contentsOf: utf8)
        }
    }

    /// Appends a message whose fields `body` appends. They are moved once, when their length is known, so it is not
    /// for long messages.
    mutating func appendMessage(_ field: Int, _ body: (inout [UInt8]) -> Void) {
        appendTag(field, .lengthDelimited)
        let start = count
        body(&self)
        var length: [UInt8] = []
        length.appendVarint(UInt64(count - start))
        insert(contentsOf: length, at: start)
    }

    /// Appends tokens as a packed `repeated uint32`, or nothing if there are none.
    mutating func appendTokens(_ field: Int, _ tokens: [TokenID]) {
        guard !tokens.isEmpty else { return }
        appendTag(field, .lengthDelimited)
        let length = Self.packedBytes(tokens)
        appendVarint(UInt64(length))
        appendPacked(tokens, bytes: length)
    }

    /// Appends a message that has tokens in one field and nothing else.
    mutating func appendMessage(_ field: Int, tokens: [TokenID], in inner: Int) {
        precondition(inner < 16, "the inner tag is one byte")
        let length = Self.packedBytes(tokens)
        appendTag(field, .lengthDelimited)
        appendVarint(UInt64(1 + Self.varintBytes(UInt32(truncatingIfNeeded: length)) + length))
        appendTag(inner, .lengthDelimited)
        appendVarint(UInt64(length))
        appendPacked(tokens, bytes: length)
    }

    private mutating func appendPacked(_ tokens: [TokenID], bytes: Int) {
        var at = count
        append(contentsOf: repeatElement(0, count: bytes))
        withUnsafeMutableBytes { buffer in
            for token in tokens {
                var rest = UInt32(bitPattern: token.rawValue)
                while rest >= 0x80 {
                    buffer[at] = UInt8(truncatingIfNeeded: rest) | 0x80
                    rest >>= 7
                    at += 1
                }
                buffer[at] = UInt8(truncatingIfNeeded: rest)
                at += 1
            }
        }
    }

    private static func packedBytes(_ tokens: [TokenID]) -> Int {
        tokens.reduce(0) { $0 + varintBytes(UInt32(bitPattern: $1.rawValue)) }
    }

    private static func varintBytes(_ value: UInt32) -> Int {
        (38 - (value | 1).leadingZeroBitCount) / 7
    }
}
