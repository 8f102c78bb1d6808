extension Lexer {
    /// Scans a string literal with the escapes of Python's `unicode-escape` codec; unknown escapes stay as they are.
    mutating func scanString(quote: UInt8) throws(TemplateError) {
        var end = position + 1
        while end < source.count, source[end] != quote { end += source[end] == UInt8(ascii: "\\") ? 2 : 1 }
        guard end < source.count else { throw fail("unexpected char '\(Unicode.Scalar(quote))'") }
        var bytes: [UInt8] = []
        var at = position + 1
        while at < end {
            if source[at] == UInt8(ascii: "\\") {
                at = try scanEscape(at: at + 1, end: end, into: &bytes)
            } else {
                bytes.append(source[at])
                at += 1
            }
        }
        emit(.string(bytes))
        advance(to: end + 1)
    }

    /// Decodes the escape behind a backslash and returns the position after it.
    private func scanEscape(at position: Int, end: Int, into bytes: inout [UInt8]) throws(TemplateError) -> Int {
        let simple: UInt8
        switch source[position] {
        case UInt8(ascii: "\n"): return position + 1
        case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): simple = source[position]
        case UInt8(ascii: "a"): simple = 0x07
        case UInt8(ascii: "b"): simple = 0x08
        case UInt8(ascii: "f"): simple = 0x0C
        case UInt8(ascii: "n"): simple = 0x0A
        case UInt8(ascii: "r"): simple = 0x0D
        case UInt8(ascii: "t"): simple = 0x09
        case UInt8(ascii: "v"): simple = 0x0B
        case UInt8(ascii: "0")...UInt8(ascii: "7"): return try scanOctal(at: position, end: end, into: &bytes)
        case UInt8(ascii: "x"): return try scanHex(at: position + 1, digits: 2, end: end, into: &bytes)
        case UInt8(ascii: "u"): return try scanHex(at: position + 1, digits: 4, end: end, into: &bytes)
        case UInt8(ascii: "U"): return try scanHex(at: position + 1, digits: 8, end: end, into: &bytes)
        case UInt8(ascii: "N"): throw fail("characters by name (\\N) are not supported")
        default:
            bytes.append(UInt8(ascii: "\\"))
            return position
        }
        bytes.append(simple)
        return position + 1
    }

    private func scanOctal(at start: Int, end: Int, into bytes: inout [UInt8]) throws(TemplateError) -> Int {
        var (at, value) = (start, UInt32(0))
        while at < end, at < start + 3, case UInt8(ascii: "0")...UInt8(ascii: "7") = source[at] {
            value = value << 3 | UInt32(source[at] - 48)
            at += 1
        }
        try append(value, to: &bytes)
        return at
    }

    private func scanHex(
        at start: Int, digits: Int, end: Int, into bytes: inout [UInt8]
    ) throws(TemplateError) -> Int {
        guard start + digits <= end else { throw fail("truncated escape in a string") }
        var value: UInt32 = 0
        for at in start..<start + digits {
            guard let digit = Lexer.hexDigit(source[at]) else { throw fail("truncated escape in a string") }
            value = value << 4 | UInt32(digit)
        }
        try append(value, to: &bytes)
        return start + digits
    }

    private func append(_ value: UInt32, to bytes: inout [UInt8]) throws(TemplateError) {
        guard let scalar = Unicode.Scalar(value) else { throw fail("illegal Unicode character in a string") }
        CodePoints.append(scalar, to: &bytes)
    }
}
