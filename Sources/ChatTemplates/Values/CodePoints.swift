/// Code points in valid UTF-8.
enum CodePoints {
    /// The code point at `position` with the number of its bytes.
    static func decode<Bytes: RandomAccessCollection<UInt8>>(
        _ bytes: Bytes, at position: Int
    ) -> (scalar: Unicode.Scalar, length: Int) where Bytes.Index == Int {
        let first = bytes[position]
        let length = length(ofFirst: first)
        if length == 1 { return (Unicode.Scalar(first), 1) }
        guard position + length <= bytes.count else { return ("\u{FFFD}", bytes.count - position) }
        var value = UInt32(first) & (0x7F >> UInt32(length))
        for at in position + 1..<position + length { value = value << 6 | UInt32(bytes[at] & 0x3F) }
        return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
    }

    /// The bytes of a code point, by its first byte.
    static func length(ofFirst byte: UInt8) -> Int {
        switch byte {
        case 0..<0xC0: 1
        case 0xC0..<0xE0: 2
        case 0xE0..<0xF0: 3
        default: 4
        }
    }

    /// The start of the code point that ends at `end`, which must be greater than 0.
    static func start(in bytes: [UInt8], before end: Int) -> Int {
        var at = end - 1
        while at > 0, bytes[at] & 0xC0 == 0x80 { at -= 1 }
        return at
    }

    static func isASCII(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            var all: UInt8 = 0
            for byte in bytes { all |= byte }
            return all < 0x80
        }
    }

    static func count(_ bytes: [UInt8]) -> Int {
        bytes.withUnsafeBufferPointer { bytes in
            var count = 0
            for byte in bytes where byte & 0xC0 != 0x80 { count += 1 }
            return count
        }
    }

    /// Where each code point starts, and the end.
    static func starts(_ bytes: [UInt8]) -> [Int] {
        var starts = bytes.indices.filter { bytes[$0] & 0xC0 != 0x80 }
        starts.append(bytes.count)
        return starts
    }

    static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
}
