/// Reads regular expressions as `tokenizer.json` and tekken files write them: the common part of Oniguruma's and Rust's
/// syntax without captures, references and recursion. What else a pattern has is refused with its name.
struct RegexParser {
    /// Whose meaning anchors and flags have.
    enum Dialect {
        /// `^` and `$` are at lines; `(?m)` lets `.` match newlines.
        case oniguruma
        /// `^` and `$` are at the text's ends unless `(?m)`; `(?s)` lets `.` match newlines.
        case rust
    }

    private let pattern: [Unicode.Scalar]
    private let dialect: Dialect
    private var position = 0
    private var depth = 0
    private var flags = Flags()

    private struct Flags {
        var ignoresCase = false
        var dotMatchesNewline = false
        var anchorsAreAtLines = false
    }

    private static let depthLimit = 64
    private static let countLimit = 1000

    static func node(of pattern: String, _ dialect: Dialect) throws(TokenizationError) -> RegexNode {
        var parser = RegexParser(pattern: Array(pattern.unicodeScalars), dialect: dialect)
        parser.flags.anchorsAreAtLines = dialect == .oniguruma
        let node = try parser.choice()
        guard parser.position == parser.pattern.count else { throw parser.refusal("an unmatched ')'") }
        return node
    }

    private init(pattern: [Unicode.Scalar], dialect: Dialect) {
        self.pattern = pattern
        self.dialect = dialect
    }

    // MARK: Structure

    private mutating func choice() throws(TokenizationError) -> RegexNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw refusal("more than \(Self.depthLimit) groups in each other") }
        let outer = flags
        defer { flags = outer }
        var alternatives = [try sequence()]
        while take("|") { alternatives.append(try sequence()) }
        return alternatives.count == 1 ? alternatives[0] : .choice(alternatives)
    }

    private mutating func sequence() throws(TokenizationError) -> RegexNode {
        var nodes: [RegexNode] = []
        var lastLetter: Unicode.Scalar?
        while let next = peek, next != "|", next != ")" {
            let start = position
            let node = try atom()
            let isLetter = flags.ignoresCase && position == start + 1
            if isLetter, let lastLetter { try refuseLigature(lastLetter, next) }
            lastLetter = isLetter ? next : nil
            if let node { nodes.append(try repeated(node)) }
        }
        return nodes.count == 1 ? nodes[0] : .sequence(nodes)
    }

    private mutating func repeated(_ node: RegexNode) throws(TokenizationError) -> RegexNode {
        var node = node
        while let next = peek {
            var least = 0
            var most: Int?
            switch next {
            case "*": position += 1
            case "+": (least, position) = (1, position + 1)
            case "?": (most, position) = (1, position + 1)
            case "{":
                guard let counts = try counts() else { return node }
                (least, most) = counts
            default: return node
            }
            let greed: RegexNode.Greed = take("?") ? .lazy : take("+") ? .possessive : .greedy
            node = .repetition(node, least: least, most: most, greed)
        }
        return node
    }

    /// `{n}`, `{n,}`, `{,m}` or `{n,m}`.
    private mutating func counts() throws(TokenizationError) -> (Int, Int?)? {
        guard let close = pattern[position...].firstIndex(of: "}") else { throw refusal("an unmatched '{'") }
        let text = String(String.UnicodeScalarView(pattern[position + 1..<close]))
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let least = parts[0].isEmpty ? 0 : Int(parts[0]), least >= 0 else {
            throw refusal("the count '{\(text)}'")
        }
        var most: Int? = least
        if parts.count == 2 {
            most = Int(parts[1])
            guard most != nil || parts[1].isEmpty else { throw refusal("the count '{\(text)}'") }
        }
        guard max(least, most ?? 0) <= Self.countLimit, most ?? least >= least else {
            throw refusal("the count '{\(text)}'")
        }
        position = close + 1
        return (least, most)
    }

    private mutating func atom() throws(TokenizationError) -> RegexNode? {
        let next = pattern[position]
        position += 1
        switch next {
        case "(": return try group()
        case "[":
            position -= 1
            return .set(try bracket())
        case ".":
            return .set(flags.dotMatchesNewline ? .any : CharacterSet.range(0x0A...0x0A).complement)
        case "^": return .anchor(flags.anchorsAreAtLines ? .lineStart : .textStart)
        case "$": return .anchor(flags.anchorsAreAtLines ? .lineEnd : .textEnd)
        case "\\": return try escaped()
        case "*", "+", "?": throw refusal("'\(next)' with nothing before it")
        default: return .set(try literal(next))
        }
    }

    private mutating func group() throws(TokenizationError) -> RegexNode? {
        var node: RegexNode?
        if take("?") {
            if take("=") {
                node = .look(try choice(), isBehind: false, isNegated: false)
            } else if take("!") {
                node = .look(try choice(), isBehind: false, isNegated: true)
            } else if take("<") {
                let isNegated = take("!")
                guard isNegated || take("=") else { throw refusal("a named group") }
                node = .look(try choice(), isBehind: true, isNegated: isNegated)
            } else if take(">") {
                node = .repetition(try choice(), least: 1, most: 1, .possessive)
            } else {
                let outer = flags
                try readFlags()
                if take(")") { return nil }
                guard take(":") else { throw refusal("the group '(?\(peek.map(String.init) ?? "")'") }
                node = try choice()
                flags = outer
            }
        } else {
            node = try choice()
        }
        guard take(")") else { throw refusal("an unmatched '('") }
        return node
    }

    private mutating func readFlags() throws(TokenizationError) {
        var value = true
        while let next = peek, next != ":", next != ")" {
            position += 1
            switch (next, dialect) {
            case ("-", _): value = false
            case ("i", _): flags.ignoresCase = value
            case ("m", .oniguruma), ("s", .rust): flags.dotMatchesNewline = value
            case ("m", .rust): flags.anchorsAreAtLines = value
            default: throw refusal("the flag '\(next)'")
            }
        }
    }

    // MARK: Characters

    private mutating func escaped() throws(TokenizationError) -> RegexNode {
        guard let next = peek else { throw refusal("a '\\' at the end") }
        switch next {
        case "A": return anchor(.textStart)
        case "z": return anchor(.textEnd)
        case "Z": return anchor(.lastLineEnd)
        case "b": return anchor(.wordBoundary)
        case "B": return anchor(.noWordBoundary)
        default: return .set(try escapedSet())
        }
    }

    private mutating func anchor(_ anchor: RegexNode.Anchor) -> RegexNode {
        position += 1
        return .anchor(anchor)
    }

    /// The set or the character that a backslash, which has been read, introduces.
    private mutating func escapedSet() throws(TokenizationError) -> CharacterSet {
        let next = pattern[position]
        position += 1
        switch next {
        case "s": return .kinds(.whiteSpace)
        case "S": return CharacterSet.kinds(.whiteSpace).complement
        case "d": return .kinds(.decimal)
        case "D": return CharacterSet.kinds(.decimal).complement
        case "w": return .properties(.word)
        case "W": return CharacterSet.properties(.word).complement
        case "p", "P":
            let set = try property()
            return next == "P" ? set.complement : set
        default:
            position -= 1
            return try literal(try escapedCharacter())
        }
    }

    private mutating func escapedCharacter() throws(TokenizationError) -> Unicode.Scalar {
        let next = pattern[position]
        position += 1
        switch next {
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "f": return "\u{C}"
        case "v": return "\u{B}"
        case "e": return "\u{1B}"
        case "a": return "\u{7}"
        case "x": return try hexadecimal(digits: 2)
        case "u": return try hexadecimal(digits: 4)
        default:
            guard next.isASCII, next.properties.isAlphabetic || ("0"..."9").contains(next) else { return next }
            throw refusal("'\\\(next)'")
        }
    }

    private mutating func hexadecimal(digits: Int) throws(TokenizationError) -> Unicode.Scalar {
        var end = min(position + digits, pattern.count)
        var start = position
        if peek == "{", let close = pattern[position...].firstIndex(of: "}") { (start, end) = (position + 1, close) }
        let text = String(String.UnicodeScalarView(pattern[start..<end]))
        guard let number = UInt32(text, radix: 16), let scalar = Unicode.Scalar(number) else {
            throw refusal("the character '\\x\(text)'")
        }
        position = start == position ? end : end + 1
        return scalar
    }

    /// `{Lu}`, `{^Lu}` or a single letter, behind `\p`.
    private mutating func property() throws(TokenizationError) -> CharacterSet {
        var name = peek.map(String.init) ?? ""
        if peek == "{" {
            guard let close = pattern[position...].firstIndex(of: "}") else { throw refusal("an unmatched '{'") }
            name = String(String.UnicodeScalarView(pattern[position + 1..<close]))
            position = close + 1
        } else {
            position += 1
        }
        let isNegated = name.hasPrefix("^")
        guard let set = Self.properties[String(name.drop { $0 == "^" })] else { throw refusal("'\\p{\(name)}'") }
        if flags.ignoresCase, ["Lu", "Ll", "Lt"].contains(name) { throw refusal("'(?i)' with '\\p{\(name)}'") }
        return isNegated ? set.complement : set
    }

    private static let properties: [String: CharacterSet] = [
        "L": .kinds(.letter), "Letter": .kinds(.letter),
        "Lu": CharacterSet.kinds(.upper).intersection(CharacterSet.properties(.titleLetter).complement),
        "Lt": .properties(.titleLetter), "Ll": .kinds(.lower), "Lm": .properties(.modifierLetter),
        "Lo": CharacterSet.kinds(.otherLetter).intersection(CharacterSet.properties(.modifierLetter).complement),
        "M": .kinds(.mark), "Mn": .properties(.nonspacingMark), "N": .kinds(.number),
        "Nd": .kinds(.decimal), "P": .kinds(.punctuation), "S": .kinds(.symbol), "C": .properties(.other),
        "Han": .kinds(.han), "Script=Han": .kinds(.han),
    ]

    /// `[…]`, with ranges, nested brackets and `&&`.
    private mutating func bracket() throws(TokenizationError) -> CharacterSet {
        position += 1
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw refusal("more than \(Self.depthLimit) brackets in each other") }
        let isNegated = take("^")
        var result: CharacterSet?
        var sets: [CharacterSet] = []
        var isFirst = true
        while let next = peek, next != "]" || isFirst {
            isFirst = false
            if next == "[" {
                guard !pattern[position...].starts(with: "[:".unicodeScalars) else { throw refusal("'[:'") }
                sets.append(try bracket())
            } else if pattern[position...].starts(with: "&&".unicodeScalars) {
                position += 2
                result = CharacterSet.union(sets).intersection(result ?? .any)
                sets = []
            } else {
                sets.append(try member())
            }
        }
        guard take("]") else { throw refusal("an unmatched '['") }
        let set = CharacterSet.union(sets).intersection(result ?? .any)
        return isNegated ? set.complement : set
    }

    /// A character, a range or an escape in a bracket.
    private mutating func member() throws(TokenizationError) -> CharacterSet {
        var first = pattern[position]
        position += 1
        if first == "\\" {
            guard let next = peek else { throw refusal("a '\\' at the end") }
            if ["s", "S", "d", "D", "w", "W", "p", "P"].contains(next) { return try escapedSet() }
            first = try escapedCharacter()
        }
        guard peek == "-", position + 1 < pattern.count, pattern[position + 1] != "]" else { return try literal(first) }
        position += 1
        var last = pattern[position]
        position += 1
        if last == "\\" { last = try escapedCharacter() }
        guard last != "[", first <= last else { throw refusal("the range '\(first)-\(last)'") }
        return try folded(first.value...last.value)
    }

    private func literal(_ scalar: Unicode.Scalar) throws(TokenizationError) -> CharacterSet {
        try folded(scalar.value...scalar.value)
    }

    /// A range, with what equals its members when case is ignored.
    private func folded(_ range: ClosedRange<UInt32>) throws(TokenizationError) -> CharacterSet {
        guard flags.ignoresCase else { return .range(range) }
        guard range.upperBound < 0x80 else { throw refusal("'(?i)' with characters beyond ASCII") }
        var sets = [CharacterSet.range(range)]
        for scalar in range {
            switch scalar {
            case 0x41...0x5A: sets.append(.range(scalar + 32...scalar + 32))
            case 0x61...0x7A: sets.append(.range(scalar - 32...scalar - 32))
            default: break
            }
            if scalar | 32 == 0x73 { sets.append(.range(0x17F...0x17F)) }
            if scalar | 32 == 0x6B { sets.append(.range(0x212A...0x212A)) }
        }
        return .union(sets)
    }

    /// Two letters that equal one character when case is ignored, such as `ss` and the sharp s, are not folded here.
    private func refuseLigature(_ first: Unicode.Scalar, _ second: Unicode.Scalar) throws(TokenizationError) {
        let pair = String(String.UnicodeScalarView([first, second])).lowercased()
        if dialect == .oniguruma, ["ss", "st", "ff", "fi", "fl"].contains(pair) {
            throw refusal("'(?i)' with '\(pair)'")
        }
    }

    // MARK: Reading

    private var peek: Unicode.Scalar? { position < pattern.count ? pattern[position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        position += 1
        return true
    }

    private func refusal(_ what: String) -> TokenizationError {
        .unsupported("\(what) in the pattern '\(String(String.UnicodeScalarView(pattern)))'")
    }
}
