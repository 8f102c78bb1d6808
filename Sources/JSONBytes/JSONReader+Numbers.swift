extension JSONReader {
    /// Reads a number as `.integer`, `.largeInteger` or `.double`.
    package mutating func readNumber() throws(JSONError) -> JSONValue {
        skipWhiteSpace()
        let start = position
        if position < bytes.count, bytes[position] == UInt8(ascii: "-") { position += 1 }
        let isZeroFirst = position < bytes.count && bytes[position] == UInt8(ascii: "0")
        let wholeDigits = skipDigits()
        guard wholeDigits > 0, !(isZeroFirst && wholeDigits > 1) else {
            throw JSONError(position < bytes.count ? .invalidNumber : .unexpectedEnd, at: start)
        }
        var isInteger = true
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            guard skipDigits() > 0 else { throw JSONError(.invalidNumber, at: start) }
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            guard skipDigits() > 0 else { throw JSONError(.invalidNumber, at: start) }
        }
        if isInteger, wholeDigits <= 18 { return .integer(smallInteger(from: start)) }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger {
            if let value = Int(text) { return .integer(value) }
            return .largeInteger(text)
        }
        guard let value = Double(text) else { throw JSONError(.invalidNumber, at: start) }
        return .double(value)
    }

    /// The integer from `start` to `position`, which has too few digits to overflow.
    /// Prompts come as thousands of these.
    private func smallInteger(from start: Int) -> Int {
        let isNegative = bytes[start] == UInt8(ascii: "-")
        var value = 0
        for at in (isNegative ? start + 1 : start)..<position { value = value &* 10 &+ Int(bytes[at] & 15) }
        return isNegative ? -value : value
    }

    private mutating func skipDigits() -> Int {
        let start = position
        while position < bytes.count, case UInt8(ascii: "0")...UInt8(ascii: "9") = bytes[position] { position += 1 }
        return position - start
    }
}
