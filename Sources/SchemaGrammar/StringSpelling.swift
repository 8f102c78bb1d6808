import JSONBytes

/// How strings are written.
enum StringSpelling {
    /// Between quotes, with JSON's escapes. What is `hidden` stands there only as an escape by number.
    case quoted(hidden: CharacterSet, hasEscapedSolidus: Bool)
    /// As they are, up to `end`.
    case plain(PlainText)

    /// Text without escapes.
    struct PlainText {
        var open = ""
        let end: String
        /// Whether a line feed at the beginning or the end is lost on who reads it.
        var losesLineFeeds = false

        /// Whether no text holds the first character of the mark either.
        var isSimple = false

        /// What stands nowhere in the text: its end without the white space before it.
        var mark: String { String(String.UnicodeScalarView(end.unicodeScalars.drop { $0.properties.isWhitespace })) }

        /// The characters of which no text can hold the mark.
        var characters: CharacterSet {
            var set = CharacterSet.all.subtracting(CharacterSet("\0"))
            if let first = mark.unicodeScalars.first { set = set.subtracting(CharacterSet(first)) }
            return losesLineFeeds ? set.subtracting(CharacterSet("\n")) : set
        }
    }

    static let json = StringSpelling.quoted(hidden: .none, hasEscapedSolidus: true)

    /// What stands before and behind the content.
    var ends: (open: GrammarExpression, close: GrammarExpression) {
        switch self {
        case .quoted: (.text("\""), .text("\""))
        case .plain(let text): (.text(text.open), .text(text.end))
        }
    }

    /// What stands for itself.
    var plain: CharacterSet {
        switch self {
        case .quoted(let hidden, _): Self.unescaped.subtracting(hidden)
        case .plain(let text): text.characters
        }
    }

    private static let unescaped = CharacterSet.all.subtracting(
        CharacterSet(ranges: [0...0x1F, 0x22...0x22, 0x5C...0x5C]))

    /// What has a short escape, and the letter after the backslash.
    private static let escapes: [(Unicode.Scalar, Unicode.Scalar)] = [
        ("\"", "\""), ("\\", "\\"), ("\u{8}", "b"), ("\t", "t"), ("\n", "n"), ("\u{C}", "f"), ("\r", "r"),
    ]

    /// One character of `set`, each in one spelling. Control characters without a short escape are left out.
    func expression(_ set: CharacterSet) -> GrammarExpression {
        let plain = set.intersection(plain)
        var options: [GrammarExpression] = []
        if let single = plain.single {
            options.append(.text(String(single)))
        } else if !plain.isEmpty {
            options.append(.character(plain))
        }
        guard case .quoted(let hidden, _) = self else { return .choice(options) }
        let letters = CharacterSet(
            ranges: Self.escapes.filter { set.contains($0.0) }.map { $0.1.value...$0.1.value })
        if let single = letters.single {
            options.append(.text("\\" + String(single)))
        } else if !letters.isEmpty {
            options.append(.sequence([.text("\\"), .character(letters)]))
        }
        for range in hidden.intersection(set).ranges {
            for value in range { options.append(.text(Self.escape(value))) }
        }
        return options.count == 1 ? options[0] : .choice(options)
    }

    /// The whole of a string; nil if it cannot be written.
    func text(of string: String) -> String? {
        switch self {
        case .quoted(let hidden, _):
            let scalars = JSONValue.string(string).text.unicodeScalars.map { scalar in
                hidden.contains(scalar) ? Self.escape(scalar.value) : String(scalar)
            }
            return scalars.joined()
        case .plain(let text):
            let (scalars, mark) = (Array((string + text.end).unicodeScalars), Array(text.mark.unicodeScalars))
            let first = scalars.indices.first { scalars[$0...].starts(with: mark) }
            guard first == scalars.count - mark.count, !string.unicodeScalars.contains("\0") else { return nil }
            let (begin, last) = (string.unicodeScalars.first, string.unicodeScalars.last)
            if text.losesLineFeeds, begin == "\n" || last == "\n" { return nil }
            if text.isSimple, !string.unicodeScalars.allSatisfy(text.characters.contains) { return nil }
            return text.open + string + text.end
        }
    }

    private static func escape(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
