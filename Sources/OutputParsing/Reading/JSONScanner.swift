/// Recognises one JSON value (RFC 8259), piece by piece, without building anything.
struct JSONScanner: Sendable {
    /// What has been read last, which decides what may follow.
    private enum State: Sendable {
        case value, firstElement, firstKey, key, colon, afterValue
        case string, escape, hexadecimal
        case minus, zero, integer, point, fraction, exponent, exponentSign, exponentDigits
        case literal
        case done, broken
    }

    private var state = State.value
    /// Whether each open container is an object.
    private var containers: [Bool] = []
    private var stringIsKey = false
    private var digitsLeft = 0
    /// What is left of `true`, `false` or `null`, the next byte lowest.
    private var literal: UInt32 = 0

    /// Whether the value is whole if nothing follows; true of a number before its end is seen.
    var isWhole: Bool {
        switch state {
        case .done: true
        case .zero, .integer, .fraction, .exponentDigits: containers.isEmpty
        default: false
        }
    }

    /// Whether nothing but white space was read.
    var isUntouched: Bool { state == .value && containers.isEmpty }

    /// Makes ready for another value.
    mutating func reset() {
        state = .value
        containers.removeAll(keepingCapacity: true)
    }

    /// Reads on from `at`. White space before the value is taken, none after it.
    ///
    /// Broken where JSON ends or `OutputLimits.depth` is exceeded. O(bytes taken); allocates for nesting only.
    mutating func scan(_ input: Span<UInt8>, _ at: inout Int) -> ReadResult {
        while state != .done {
            guard at < input.count else { return .more }
            if state == .string {
                scanString(input, &at)
            } else if take(input[at]) {
                at += 1
            } else if state == .broken {
                return .broken
            }
        }
        return .done
    }

    private mutating func scanString(_ input: Span<UInt8>, _ at: inout Int) {
        while at < input.count {
            let byte = input[at]
            if byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\") {
                at &+= 1
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): if stringIsKey { state = .colon } else { endValue() }
            case UInt8(ascii: "\\"): state = .escape
            default:
                state = .broken
                return
            }
            at += 1
            return
        }
    }

    /// Goes on by one byte; false if the byte isn't taken, because a number has ended before it or nothing fits.
    private mutating func take(_ byte: UInt8) -> Bool {
        switch state {
        case .value, .firstElement, .firstKey, .key, .colon, .afterValue: takeBetween(byte)
        case .escape, .hexadecimal: takeEscape(byte)
        case .literal: takeLiteral(byte)
        case .minus, .zero, .integer, .point, .fraction, .exponent, .exponentSign, .exponentDigits: takeNumber(byte)
        case .string, .done, .broken: false
        }
    }

    private mutating func takeBetween(_ byte: UInt8) -> Bool {
        if byte.isJSONSpace { return true }
        switch (state, byte) {
        case (.firstElement, UInt8(ascii: "]")), (.firstKey, UInt8(ascii: "}")): return close()
        case (.value, _), (.firstElement, _): return beginValue(byte)
        case (.firstKey, UInt8(ascii: "\"")), (.key, UInt8(ascii: "\"")):
            stringIsKey = true
            state = .string
        case (.colon, UInt8(ascii: ":")): state = .value
        case (.afterValue, UInt8(ascii: ",")): state = containers.last == true ? .key : .value
        case (.afterValue, UInt8(ascii: "}")) where containers.last == true: return close()
        case (.afterValue, UInt8(ascii: "]")) where containers.last == false: return close()
        default: return fail()
        }
        return true
    }

    private mutating func beginValue(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard containers.count < OutputLimits.depth else { return fail() }
            containers.append(byte == UInt8(ascii: "{"))
            state = byte == UInt8(ascii: "{") ? .firstKey : .firstElement
        case UInt8(ascii: "\""):
            stringIsKey = false
            state = .string
        case UInt8(ascii: "t"): begin(literal: 0x65_7572)
        case UInt8(ascii: "f"): begin(literal: 0x6573_6C61)
        case UInt8(ascii: "n"): begin(literal: 0x6C_6C75)
        case UInt8(ascii: "-"): state = .minus
        case UInt8(ascii: "0"): state = .zero
        case UInt8(ascii: "1")...UInt8(ascii: "9"): state = .integer
        default: return fail()
        }
        return true
    }

    private mutating func begin(literal rest: UInt32) {
        literal = rest
        state = .literal
    }

    private mutating func takeLiteral(_ byte: UInt8) -> Bool {
        guard byte == UInt8(truncatingIfNeeded: literal) else { return fail() }
        literal >>= 8
        if literal == 0 { endValue() }
        return true
    }

    private mutating func takeEscape(_ byte: UInt8) -> Bool {
        if state == .hexadecimal {
            guard byte.hexadecimalDigit != nil else { return fail() }
            digitsLeft -= 1
            if digitsLeft == 0 { state = .string }
            return true
        }
        switch byte {
        case UInt8(ascii: "u"):
            digitsLeft = 4
            state = .hexadecimal
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            state = .string
        default: return fail()
        }
        return true
    }

    private mutating func takeNumber(_ byte: UInt8) -> Bool {
        let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
        switch state {
        case .minus where isDigit: state = byte == UInt8(ascii: "0") ? .zero : .integer
        case .integer where isDigit, .fraction where isDigit, .exponentDigits where isDigit: break
        case .point where isDigit: state = .fraction
        case .exponent where isDigit, .exponentSign where isDigit: state = .exponentDigits
        case .exponent where byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-"): state = .exponentSign
        case .zero where byte == UInt8(ascii: "."), .integer where byte == UInt8(ascii: "."): state = .point
        case .zero where byte | 0x20 == UInt8(ascii: "e"), .integer where byte | 0x20 == UInt8(ascii: "e"),
            .fraction where byte | 0x20 == UInt8(ascii: "e"):
            state = .exponent
        case .zero, .integer, .fraction, .exponentDigits:
            endValue()
            return false
        default: return fail()
        }
        return true
    }

    private mutating func close() -> Bool {
        containers.removeLast()
        endValue()
        return true
    }

    private mutating func endValue() {
        state = containers.isEmpty ? .done : .afterValue
    }

    private mutating func fail() -> Bool {
        state = .broken
        return false
    }
}

extension UInt8 {
    /// The value of a hexadecimal digit.
    var hexadecimalDigit: UInt32? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(self - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(self - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(self - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
