/// Decodes the inside of one JSON string, piece by piece, behind its opening quote.
///
/// A surrogate without its partner becomes U+FFFD.
struct JSONStringDecoder: Sendable {
    private var isInEscape = false
    private var digitsLeft = 0
    private var unit: UInt32 = 0
    /// A high surrogate that waits for its partner.
    private var high: UInt32?

    /// Reads on from `at` and appends what the string holds; done behind the closing quote.
    ///
    /// Broken at a control character or at what is no escape. O(bytes taken).
    mutating func decode(_ input: Span<UInt8>, _ at: inout Int, into text: inout [UInt8]) -> ReadResult {
        while at < input.count {
            let byte = input[at]
            if digitsLeft > 0 {
                guard let digit = byte.hexadecimalDigit else { return .broken }
                unit = unit << 4 | digit
                digitsLeft -= 1
                if digitsLeft == 0 { endUnit(into: &text) }
            } else if isInEscape {
                guard takeEscape(byte, into: &text) else { return .broken }
            } else if byte == UInt8(ascii: "\\") {
                isInEscape = true
            } else {
                flushSurrogate(into: &text)
                let start = at
                while at < input.count, input[at] >= 0x20, input[at] != UInt8(ascii: "\""),
                    input[at] != UInt8(ascii: "\\")
                {
                    at &+= 1
                }
                text.append(input, start..<at)
                guard at < input.count else { return .more }
                if input[at] < 0x20 { return .broken }
                if input[at] == UInt8(ascii: "\\") { continue }
                at += 1
                return .done
            }
            at += 1
        }
        return .more
    }

    private mutating func takeEscape(_ byte: UInt8, into text: inout [UInt8]) -> Bool {
        isInEscape = false
        if byte == UInt8(ascii: "u") {
            digitsLeft = 4
            unit = 0
            return true
        }
        flushSurrogate(into: &text)
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        default: return false
        }
        return true
    }

    private mutating func endUnit(into text: inout [UInt8]) {
        if let high, 0xDC00...0xDFFF ~= unit {
            self.high = nil
            text.append(scalar: 0x10000 + (high - 0xD800) << 10 + (unit - 0xDC00))
            return
        }
        flushSurrogate(into: &text)
        if 0xD800...0xDBFF ~= unit { high = unit } else { text.append(scalar: unit) }
    }

    private mutating func flushSurrogate(into text: inout [UInt8]) {
        guard high != nil else { return }
        high = nil
        text.append(scalar: 0xFFFD)
    }
}

extension [UInt8] {
    /// Appends a character in UTF-8; U+FFFD for what is none.
    mutating func append(scalar value: UInt32) {
        append(contentsOf: Character(Unicode.Scalar(value) ?? "\u{FFFD}").utf8)
    }
}
