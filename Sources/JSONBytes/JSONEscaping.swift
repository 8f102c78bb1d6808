/// The escaping of text inside a JSON string.
package enum JSONEscaping {
    /// Appends `text` with the escapes that JSON requires and no others.
    package static func append(_ text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        var clean = 0
        var at = 0
        while at < text.count {
            if at + 8 <= text.count,
                !needsEscape(UnsafeRawBufferPointer(text).loadUnaligned(fromByteOffset: at, as: UInt64.self))
            {
                at += 8
                continue
            }
            let end = min(at + 8, text.count)
            while at < end {
                let byte = text[at]
                at += 1
                guard byte < 0x20 || byte == 0x22 || byte == 0x5C else { continue }
                bytes.append(contentsOf: text[clean..<at - 1])
                appendEscape(of: byte, to: &bytes)
                clean = at
            }
        }
        bytes.append(contentsOf: text[clean...])
    }

    /// Whether one of eight bytes is a control character, a quotation mark or a backslash.
    static func needsEscape(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        // Borrows spread upwards only from a byte that is one of them, so nothing is missed or made up.
        let controls = (word &- ones &* 0x20) & ~word
        let quotes = ((word ^ ones &* 0x22) &- ones) & ~(word ^ ones &* 0x22)
        let backslashes = ((word ^ ones &* 0x5C) &- ones) & ~(word ^ ones &* 0x5C)
        return (controls | quotes | backslashes) & (ones &* 0x80) != 0
    }

    private static func appendEscape(of byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x22, 0x5C: bytes.append(byte)
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        default:
            bytes.append(contentsOf: "u00".utf8)
            for digit in [byte >> 4, byte & 15] { bytes.append(digit + (digit < 10 ? 48 : 87)) }
        }
    }
}
