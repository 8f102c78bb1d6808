import ServingModel

/// Reads protobuf from bytes that it does not own; whoever has one keeps to the scope in which the bytes are valid.
///
/// Every read is checked against the end, so that no input makes it read beyond or trap.
struct WireCursor {
    private let bytes: UnsafeRawBufferPointer
    private(set) var at: Int
    let end: Int

    init(_ bytes: UnsafeRawBufferPointer) {
        self.init(bytes, 0..<bytes.count)
    }

    /// - Precondition: `range` lies in `bytes`.
    init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "the range lies in the bytes")
        self.bytes = bytes
        at = range.lowerBound
        end = range.upperBound
    }

    @inline(__always) var isAtEnd: Bool { at == end }

    @inline(__always)
    mutating func varint() throws(WireError) -> UInt64 {
        guard at < end else { throw .truncated }
        let byte = bytes[at]
        at += 1
        return byte < 0x80 ? UInt64(byte) : try longVarint(byte)
    }

    private mutating func longVarint(_ first: UInt8) throws(WireError) -> UInt64 {
        var value = UInt64(first & 0x7F)
        var shift: UInt64 = 7
        while at < end {
            let byte = bytes[at]
            at += 1
            guard shift < 63 || byte < 2 else { throw .malformed }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw .truncated
    }

    /// The next field's number and type.
    @inline(__always)
    mutating func tag() throws(WireError) -> (field: Int, type: WireType) {
        let tag = try varint()
        guard tag >> 3 > 0, tag >> 3 < 1 << 29, let type = WireType(rawValue: UInt8(tag & 7)) else {
            throw .malformed
        }
        return (Int(tag >> 3), type)
    }

    /// Where a value of bytes lies; the cursor stands behind it then.
    @inline(__always)
    mutating func range() throws(WireError) -> Range<Int> {
        let length = try varint()
        guard length <= UInt64(end - at) else { throw .truncated }
        let start = at
        at += Int(length)
        return start..<at
    }

    /// Where one field's values of the kind that `type` says lie: of a packed field all of them, else the one.
    @inline(__always)
    mutating func values(_ type: WireType) throws(WireError) -> Range<Int> {
        if type == .lengthDelimited { return try range() }
        let start = at
        try skip(type)
        return start..<at
    }

    mutating func skip(_ type: WireType) throws(WireError) {
        switch type {
        case .varint: _ = try varint()
        case .fixed64: try advance(8)
        case .lengthDelimited: _ = try range()
        case .fixed32: try advance(4)
        }
    }

    mutating func float() throws(WireError) -> Float {
        let start = at
        try advance(4)
        return Float(
            bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self)))
    }

    @inline(__always)
    mutating func token() throws(WireError) -> TokenID {
        let value = try varint()
        guard value <= UInt64(Int32.max) else { throw .token }
        return TokenID(Int32(truncatingIfNeeded: value))
    }

    /// A count, or whatever else is an `int32` or `uint32` and not negative.
    @inline(__always)
    mutating func count() throws(WireError) -> Int {
        let value = try varint()
        guard value <= UInt64(UInt32.max) else { throw .malformed }
        return Int(value)
    }

    /// A cursor over a part of the same bytes.
    func part(_ range: Range<Int>) -> WireCursor { WireCursor(bytes, range) }

    /// Whether the bytes at `range` are those of `text`.
    func holds(_ text: StaticString, at range: Range<Int>) -> Bool {
        text.withUTF8Buffer { $0.elementsEqual(bytes[range]) }
    }

    private mutating func advance(_ count: Int) throws(WireError) {
        guard end - at >= count else { throw .truncated }
        at += count
    }
}
