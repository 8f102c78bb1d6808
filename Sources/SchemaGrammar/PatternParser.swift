/// Turns a `pattern`, an ECMA-262 regular expression, into the content of the strings that it matches.
///
/// Known: literals, `.`, classes, the escapes `\d \D \w \W \s \S` and of characters, groups (named and not), `|`,
/// the quantifiers `* + ? {m} {m,} {m,n}` (greedy or lazy, which is the same here), `^` and `$` at the ends of the
/// whole or of its alternatives. Everything else is refused.
struct PatternParser {
    /// A part of the pattern, and whether it matches the empty text.
    private struct Piece {
        var expression: GrammarExpression
        var isNullable: Bool
    }

    private let scalars: [Unicode.Scalar]
    private let pointer: String
    private let spelling: ValueSpelling
    private var position = 0
    private var depth = 0

    private init(_ pattern: String, pointer: String, spelling: ValueSpelling) {
        scalars = Array(pattern.unicodeScalars)
        self.pointer = pointer
        self.spelling = spelling
    }

    /// The content, quotes not included, of strings in which `pattern` is found.
    static func content(
        of pattern: String, at pointer: String, spelling: ValueSpelling, into builder: inout GrammarBuilder
    ) throws(SchemaError) -> GrammarExpression {
        guard pattern.utf8.count <= SchemaLimits.patternBytes else {
            throw SchemaError(.tooLarge(limit: "bytes of pattern", most: SchemaLimits.patternBytes), at: pointer)
        }
        var parser = PatternParser(pattern, pointer: pointer, spelling: spelling)
        let anything = GrammarExpression.repeated(try builder.stringCharacter(spelling), least: 0, most: nil)
        var options: [GrammarExpression] = []
        repeat {
            let isAnchoredAtStart = parser.skip("^")
            let piece = try parser.sequence(&builder)
            let isAnchoredAtEnd = parser.skip("$")
            options.append(
                .sequence(
                    (isAnchoredAtStart ? [] : [anything]) + [piece.expression] + (isAnchoredAtEnd ? [] : [anything])))
        } while parser.skip("|")
        if parser.position < parser.scalars.count { throw parser.unsupported("this use of its next character") }
        return .choice(options)
    }

    private func unsupported(_ what: String) -> SchemaError {
        SchemaError(.unsupported("a pattern with \(what) (character \(position + 1))"), at: pointer)
    }

    private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        position += 1
        return true
    }

    private mutating func alternatives(_ builder: inout GrammarBuilder) throws(SchemaError) -> Piece {
        var options: [GrammarExpression] = []
        var isNullable = false
        repeat {
            let option = try sequence(&builder)
            options.append(option.expression)
            isNullable = isNullable || option.isNullable
        } while skip("|")
        return Piece(expression: options.count == 1 ? options[0] : .choice(options), isNullable: isNullable)
    }

    private mutating func sequence(_ builder: inout GrammarBuilder) throws(SchemaError) -> Piece {
        var parts: [GrammarExpression] = []
        var isNullable = true
        while let scalar = next, scalar != "|", scalar != ")", scalar != "$" {
            let atom = try atom(scalar, &builder)
            let piece = try quantified(atom, &builder)
            parts.append(piece.expression)
            isNullable = isNullable && piece.isNullable
        }
        return Piece(expression: .sequence(parts), isNullable: isNullable)
    }

    private mutating func atom(
        _ scalar: Unicode.Scalar, _ builder: inout GrammarBuilder
    ) throws(SchemaError) -> Piece {
        switch scalar {
        case "(": return try group(&builder)
        case "^": throw unsupported("an anchor inside")
        case "*", "+", "?", "{", "}", "]": throw unsupported("a quantifier or bracket out of place")
        case ".":
            position += 1
            return Piece(expression: spelling.strings.expression(Self.lineEnds.inverted), isNullable: false)
        case "[":
            return Piece(expression: spelling.strings.expression(try bracketed()), isNullable: false)
        case "\\":
            return Piece(expression: spelling.strings.expression(try escaped()), isNullable: false)
        default:
            position += 1
            return Piece(expression: spelling.strings.expression(CharacterSet(scalar)), isNullable: false)
        }
    }

    private mutating func group(_ builder: inout GrammarBuilder) throws(SchemaError) -> Piece {
        guard depth < SchemaLimits.patternDepth else {
            throw SchemaError(.tooLarge(limit: "nested groups", most: SchemaLimits.patternDepth), at: pointer)
        }
        depth += 1
        defer { depth -= 1 }
        position += 1
        if skip("?") {
            switch next {
            case ":": position += 1
            case "<" where position + 1 < scalars.count && scalars[position + 1].properties.isAlphabetic:
                while let scalar = next, scalar != ">" { position += scalar == ")" ? scalars.count : 1 }
                guard skip(">") else { throw unsupported("an unfinished group name") }
            default: throw unsupported("a look-around or a group modifier")
            }
        }
        let piece = try alternatives(&builder)
        guard skip(")") else { throw unsupported(next == "$" ? "an anchor inside" : "an unclosed group") }
        return piece
    }

    private mutating func quantified(_ atom: Piece, _ builder: inout GrammarBuilder) throws(SchemaError) -> Piece {
        let bounds: (least: Int, most: Int?)
        switch next {
        case "*": bounds = (0, nil)
        case "+": bounds = (1, nil)
        case "?": bounds = (0, 1)
        case "{": bounds = try counts()
        default: return atom
        }
        position += 1
        _ = skip("?")
        if atom.isNullable, bounds.most != 1 { throw unsupported("a repetition of what may be empty") }
        if bounds.most == 0 { return Piece(expression: .empty, isNullable: true) }
        let repeated = try builder.repeated(atom.expression, least: bounds.least, most: bounds.most)
        return Piece(expression: repeated, isNullable: bounds.least == 0 || atom.isNullable)
    }

    /// Reads `{m}`, `{m,}` or `{m,n}` up to the closing brace.
    private mutating func counts() throws(SchemaError) -> (least: Int, most: Int?) {
        position += 1
        let least = try count()
        var most: Int? = least
        if skip(",") { most = next == "}" ? nil : try count() }
        guard next == "}", most ?? .max >= least else { throw unsupported("a malformed quantifier") }
        return (least, most)
    }

    private mutating func count() throws(SchemaError) -> Int {
        var value: Int?
        while let digit = next, ("0"..."9").contains(digit) {
            value = (value ?? 0) * 10 + Int(digit.value - 48)
            position += 1
            guard value ?? 0 <= SchemaLimits.repetitions else {
                throw SchemaError(.tooLarge(limit: "repetitions", most: SchemaLimits.repetitions), at: pointer)
            }
        }
        guard let value else { throw unsupported("a malformed quantifier") }
        return value
    }
}

// MARK: - Classes and escapes

extension PatternParser {
    private static let digits = CharacterSet("0", "9")
    private static let wordCharacters = CharacterSet(ranges: [48...57, 65...90, 95...95, 97...122])
    private static let lineEnds = CharacterSet(ranges: [10...10, 13...13, 0x2028...0x2029])
    /// ECMA-262's WhiteSpace and LineTerminator.
    private static let whiteSpace = CharacterSet(ranges: [
        9...13, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F,
        0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
    ])

    private mutating func bracketed() throws(SchemaError) -> CharacterSet {
        position += 1
        let isInverted = skip("^")
        var set = CharacterSet.none
        while let scalar = next, scalar != "]" {
            let first = try classMember(scalar)
            guard next == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else {
                set = set.union(first)
                continue
            }
            position += 1
            let last = try classMember(scalars[position])
            guard let low = first.single, let high = last.single, low <= high else {
                throw unsupported("a malformed range in a class")
            }
            set = set.union(CharacterSet(low, high))
        }
        guard skip("]") else { throw unsupported("an unclosed class") }
        return isInverted ? set.inverted : set
    }

    private mutating func classMember(_ scalar: Unicode.Scalar) throws(SchemaError) -> CharacterSet {
        if scalar == "\\" {
            if position + 1 < scalars.count, scalars[position + 1] == "b" {
                position += 2
                return CharacterSet("\u{8}")
            }
            return try escaped()
        }
        position += 1
        return CharacterSet(scalar)
    }

    private mutating func escaped() throws(SchemaError) -> CharacterSet {
        position += 1
        guard let scalar = next else { throw unsupported("a backslash at its end") }
        position += 1
        switch scalar {
        case "d": return Self.digits
        case "D": return Self.digits.inverted
        case "w": return Self.wordCharacters
        case "W": return Self.wordCharacters.inverted
        case "s": return Self.whiteSpace
        case "S": return Self.whiteSpace.inverted
        case "t": return CharacterSet("\t")
        case "n": return CharacterSet("\n")
        case "r": return CharacterSet("\r")
        case "f": return CharacterSet("\u{C}")
        case "v": return CharacterSet("\u{B}")
        case "x": return try hexadecimal(digits: 2)
        case "u": return try hexadecimal(digits: 4)
        default:
            guard scalar.isASCII, !scalar.properties.isAlphabetic, !Self.digits.contains(scalar) else {
                throw unsupported("the escape \\\(scalar)")
            }
            return CharacterSet(scalar)
        }
    }

    private mutating func hexadecimal(digits: Int) throws(SchemaError) -> CharacterSet {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let scalar = next, scalar.isASCII, let digit = Character(scalar).hexDigitValue else {
                throw unsupported("a malformed escape")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        guard let scalar = Unicode.Scalar(value) else { throw unsupported("an escaped surrogate") }
        return CharacterSet(scalar)
    }
}
