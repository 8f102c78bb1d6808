extension JSONReader {
    /// Reads a string.
    ///
    /// An escaped surrogate without its partner becomes U+FFFD: clients cut messages in the middle of an emoji, and one
    /// such character must not cost them the conversation.
    package mutating func readString() throws(JSONError) -> String {
        guard let byte = peek() else { throw JSONError(.unexpectedEnd, at: position) }
        guard byte == UInt8(ascii: "\"") else { throw JSONError(.expected("a string"), at: position) }
        position += 1
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                defer { position += 1 }
                return try string(bytes[start..<position], at: start)
            case UInt8(ascii: "\\"): return try readEscapedString(from: start)
            case 0..<0x20: throw JSONError(.invalidString, at: position)
            default: position += 1
            }
        }
        throw JSONError(.unexpectedEnd, at: position)
    }

    private func string(_ slice: some Collection<UInt8>, at offset: Int) throws(JSONError) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else { throw JSONError(.invalidString, at: offset) }
        return text
    }

    private mutating func readEscapedString(from start: Int) throws(JSONError) -> String {
        var result = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return try string(result, at: start)
            case UInt8(ascii: "\\"): try readEscape(into: &result)
            case 0..<0x20: throw JSONError(.invalidString, at: position - 1)
            default: result.append(byte)
            }
        }
        throw JSONError(.unexpectedEnd, at: position)
    }

    private mutating func readEscape(into result: inout [UInt8]) throws(JSONError) {
        guard position < bytes.count else { throw JSONError(.unexpectedEnd, at: position) }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "u"):
            let scalar = try readEscapedScalar()
            result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        default: throw JSONError(.invalidEscape, at: position - 1)
        }
    }

    /// The scalar of `\uXXXX`, with the reader behind the `u`; takes a following low surrogate along.
    private mutating func readEscapedScalar() throws(JSONError) -> Unicode.Scalar {
        let first = try readHexUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        let replacement: Unicode.Scalar = "\u{FFFD}"
        guard UTF16.isLeadSurrogate(first), bytes[position...].starts(with: [0x5C, 0x75]) else { return replacement }
        let mark = position
        position += 2
        let second = try readHexUnit()
        guard UTF16.isTrailSurrogate(second) else {
            position = mark
            return replacement
        }
        return Unicode.Scalar(0x10000 + (UInt32(first & 0x3FF) << 10) + UInt32(second & 0x3FF)) ?? replacement
    }

    private mutating func readHexUnit() throws(JSONError) -> UInt16 {
        guard position + 4 <= bytes.count else { throw JSONError(.unexpectedEnd, at: bytes.count) }
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Character(UnicodeScalar(bytes[position])).hexDigitValue, bytes[position] < 0x80 else {
                throw JSONError(.invalidEscape, at: position)
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }
}
