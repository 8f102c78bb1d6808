import JSONBytes

/// Turns one quoted text into the inside of a JSON string, with its closing quote, piece by piece.
struct QuotedText: Sendable {
    private static let gemmaQuote: Marker = "<|\"|>"

    private let openings: MarkerSet<UInt8?>
    private let gemmaEnd = MarkerSet([(Self.gemmaQuote, ())])
    /// The quote that ends the text; nil for Gemma's, inside of which a backslash is itself.
    private var quote: UInt8?
    private var isInEscape = false
    private var digitsLeft = 0
    private var digits = 0
    private var character: UInt32 = 0

    init(_ dialect: LiteralDialect) {
        switch dialect {
        case .python: openings = MarkerSet([("'", UInt8(ascii: "'")), ("\"", UInt8(ascii: "\""))])
        case .gemma: openings = MarkerSet([(Self.gemmaQuote, nil), ("\"", UInt8(ascii: "\""))])
        }
    }

    /// Whether a text begins at `at`; if so, it is read from behind its opening quote.
    mutating func begin(_ input: Span<UInt8>, _ at: Int, isLast: Bool) -> MarkerSet<UInt8?>.Match {
        let match = openings.match(input, at: at, isLast: isLast)
        if case .full(let quote, _) = match {
            self.quote = quote
            (isInEscape, digitsLeft) = (false, 0)
        }
        return match
    }

    mutating func read(_ input: Span<UInt8>, _ at: inout Int, isLast: Bool, into json: inout [UInt8]) -> ReadResult {
        while at < input.count {
            let byte = input[at]
            if digitsLeft > 0 {
                guard let digit = byte.hexadecimalDigit else { return .broken }
                character = character << 4 | digit
                digitsLeft -= 1
                if digitsLeft == 0 { endCharacter(into: &json) }
                at += 1
            } else if isInEscape {
                takeEscape(byte, into: &json)
                at += 1
            } else if isPlain(byte) {
                let start = at
                while at < input.count, isPlain(input[at]) { at &+= 1 }
                input.extracting(start..<at).withUnsafeBufferPointer { JSONEscaping.append($0, to: &json) }
            } else if quote == nil {
                switch gemmaEnd.match(input, at: at, isLast: isLast) {
                case .partial: return .more
                case .full(_, let length):
                    at += length
                    json.append(UInt8(ascii: "\""))
                    return .done
                case .none:
                    json.append(byte)
                    at += 1
                }
            } else {
                at += 1
                if byte == quote {
                    json.append(UInt8(ascii: "\""))
                    return .done
                }
                isInEscape = true
            }
        }
        return .more
    }

    private func isPlain(_ byte: UInt8) -> Bool {
        quote == nil ? byte != UInt8(ascii: "<") : byte != quote && byte != UInt8(ascii: "\\")
    }

    /// Python's escapes; what is none keeps its backslash, as in Python.
    private mutating func takeEscape(_ byte: UInt8, into json: inout [UInt8]) {
        isInEscape = false
        switch byte {
        case UInt8(ascii: "n"), UInt8(ascii: "t"), UInt8(ascii: "r"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "\\"), UInt8(ascii: "\""):
            json.append(UInt8(ascii: "\\"))
            json.append(byte)
        case UInt8(ascii: "'"): json.append(byte)
        case UInt8(ascii: "a"): json.append(contentsOf: "\\u0007".utf8)
        case UInt8(ascii: "v"): json.append(contentsOf: "\\u000b".utf8)
        case UInt8(ascii: "0"): json.append(contentsOf: "\\u0000".utf8)
        case UInt8(ascii: "\n"): break
        case UInt8(ascii: "x"): beginCharacter(digits: 2)
        case UInt8(ascii: "u"): beginCharacter(digits: 4)
        case UInt8(ascii: "U"): beginCharacter(digits: 8)
        default:
            json.append(contentsOf: "\\\\".utf8)
            [byte].withUnsafeBufferPointer { JSONEscaping.append($0, to: &json) }
        }
    }

    private mutating func beginCharacter(digits count: Int) {
        (digits, digitsLeft, character) = (count, count, 0)
    }

    /// A character of at most four digits stays an escape, which also keeps surrogates that come in pairs.
    private mutating func endCharacter(into json: inout [UInt8]) {
        if digits == 8 {
            var text: [UInt8] = []
            text.append(scalar: character)
            text.withUnsafeBufferPointer { JSONEscaping.append($0, to: &json) }
            return
        }
        let text = String(character, radix: 16)
        json.append(contentsOf: ("\\u" + String(repeating: "0", count: 4 - text.utf8.count) + text).utf8)
    }
}
