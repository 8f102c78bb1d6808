/// GPT-2's spelling of bytes as printable characters, in which byte-level vocabularies are written.
///
/// The 188 printable bytes of Latin-1 stand for themselves, the others for U+0100 on, in order.
enum ByteAlphabet {
    /// The character of each byte.
    static let scalars: [UInt32] = {
        var next: UInt32 = 0x100
        return (UInt32(0)..<256).map { byte in
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return byte
            default:
                defer { next += 1 }
                return next
            }
        }
    }()

    /// The byte of each character below U+0144; nil for the others.
    private static let bytes: [UInt8?] = {
        var bytes = [UInt8?](repeating: nil, count: 0x144)
        for (byte, scalar) in scalars.enumerated() { bytes[Int(scalar)] = UInt8(byte) }
        return bytes
    }()

    /// The spelling of each byte as UTF-8.
    private static let spellings = scalars.map { Array(String(Unicode.Scalar($0) ?? " ").utf8) }

    /// How bytes are spelt.
    static func encode(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + bytes.count / 2)
        for byte in bytes { result += spellings[Int(byte)] }
        return result
    }

    /// The bytes that a token is spelt for; nil if it has a character that is none of the alphabet.
    static func decode(_ spelling: some Collection<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(spelling.count)
        var iterator = spelling.makeIterator()
        while let first = iterator.next() {
            var scalar = Int(first)
            if first >= 0x80 {
                guard first < 0xE0, let second = iterator.next() else { return nil }
                scalar = Int(first & 0x1F) << 6 | Int(second & 0x3F)
            }
            guard scalar < bytes.count, let byte = bytes[scalar] else { return nil }
            result.append(byte)
        }
        return result
    }
}
