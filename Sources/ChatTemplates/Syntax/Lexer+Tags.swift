extension Lexer {
    /// Scans the tokens of a tag up to its end, which they may not have.
    mutating func scanInside(isVariable: Bool) throws(TemplateError) {
        while position < source.count {
            if openBrackets.isEmpty,
                let end = endOfClosing(isVariable ? "}}" : "%}", at: position, trimsLine: !isVariable)
            {
                emit(isVariable ? .variableEnd : .blockEnd)
                return finishTag(at: end)
            }
            let space = PythonWhitespace.end(in: source, from: position)
            if space > position {
                advance(to: space)
            } else {
                try scanToken()
            }
        }
    }

    private mutating func scanToken() throws(TemplateError) {
        switch source[position] {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): try scanNumber()
        case UInt8(ascii: "'"), UInt8(ascii: "\""): try scanString(quote: source[position])
        case let byte where Lexer.isNameByte(byte): try scanName()
        default: try scanSymbol()
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }

    private mutating func scanName() throws(TemplateError) {
        var end = position
        while end < source.count, Lexer.isNameByte(source[end]) {
            if source[end] >= 0x80 {
                let (scalar, length) = CodePoints.decode(source, at: end)
                if PythonWhitespace.contains(scalar) { break }
                guard scalar.properties.isXIDContinue else { throw fail("unexpected char '\(scalar)'") }
                end += length
            } else {
                end += 1
            }
        }
        let name = String(decoding: source[position..<end], as: UTF8.self)
        if let first = name.unicodeScalars.first, first != "_", !first.properties.isXIDStart {
            throw fail("Invalid character in identifier")
        }
        emit(.name(name))
        advance(to: end)
    }

    private mutating func scanSymbol() throws(TemplateError) {
        for width in [2, 1] where position + width <= source.count {
            let text = String(decoding: source[position..<position + width], as: UTF8.self)
            guard let symbol = Symbol(rawValue: text) else { continue }
            if let closing = symbol.closing {
                openBrackets.append(closing)
            } else if [.closeBrace, .closeBracket, .closeParenthesis].contains(symbol) {
                guard let expected = openBrackets.popLast() else { throw fail("unexpected '\(text)'") }
                guard expected == symbol else { throw fail("unexpected '\(text)', expected '\(expected.rawValue)'") }
            }
            emit(.symbol(symbol))
            advance(to: position + width)
            return
        }
        throw fail("unexpected char '\(CodePoints.decode(source, at: position).scalar)'")
    }

    // MARK: Numbers

    private mutating func scanNumber() throws(TemplateError) {
        let isAfterDot = position > 0 && source[position - 1] == UInt8(ascii: ".")
        if !isAfterDot, let end = endOfFloat() {
            let digits = source[position..<end].filter { $0 != UInt8(ascii: "_") }
            emit(.double(Double(String(decoding: digits, as: UTF8.self)) ?? .infinity))
            return advance(to: end)
        }
        let radix: Int? =
            switch position + 1 < source.count && source[position] == UInt8(ascii: "0")
                ? source[position + 1] | 0x20 : 0
            {
            case UInt8(ascii: "x"): 16
            case UInt8(ascii: "o"): 8
            case UInt8(ascii: "b"): 2
            default: nil
            }
        if let radix, case let end = endOfDigits(from: position + 2, radix: radix, leadingUnderscore: true),
            end > position + 2
        {
            try emitInteger(position + 2..<end, radix: radix)
            return advance(to: end)
        }
        // A decimal number, or zeros: a zero in front of other digits ends the number.
        let isZero = source[position] == UInt8(ascii: "0")
        let end = endOfDigits(from: position, radix: isZero ? 1 : 10)
        try emitInteger(position..<end, radix: 10)
        advance(to: end)
    }

    private mutating func emitInteger(_ range: Range<Int>, radix: Int) throws(TemplateError) {
        let digits = source[range].filter { $0 != UInt8(ascii: "_") }
        guard let value = Int(String(decoding: digits, as: UTF8.self), radix: radix) else {
            throw fail("an integer outside 64 bits")
        }
        emit(.integer(value))
    }

    /// The end of digits that single underscores may separate; of zeros if the radix is 1.
    private func endOfDigits(from start: Int, radix: Int, leadingUnderscore: Bool = false) -> Int {
        var end = start
        while end < source.count {
            let isUnderscore = source[end] == UInt8(ascii: "_") && (end > start || leadingUnderscore)
            let at = isUnderscore ? end + 1 : end
            guard at < source.count, let digit = Lexer.hexDigit(source[at]), digit < radix else { break }
            end = at + 1
        }
        return end
    }

    static func hexDigit(_ byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte) - 48
        case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(byte) - 87
        case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte) - 55
        default: nil
        }
    }

    /// The end of a number with a fraction or an exponent; nil if there is none here.
    private func endOfFloat() -> Int? {
        var end = endOfDigits(from: position, radix: 10)
        var isFloat = false
        if end < source.count, source[end] == UInt8(ascii: ".") {
            let fraction = endOfDigits(from: end + 1, radix: 10)
            if fraction > end + 1 { (end, isFloat) = (fraction, true) }
        }
        if end < source.count, source[end] | 0x20 == UInt8(ascii: "e") {
            var at = end + 1
            if at < source.count, source[at] == UInt8(ascii: "+") || source[at] == UInt8(ascii: "-") { at += 1 }
            let exponent = endOfDigits(from: at, radix: 10)
            if exponent > at { (end, isFloat) = (exponent, true) }
        }
        return isFloat ? end : nil
    }
}
