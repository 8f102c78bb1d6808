/// Reads a GBNF grammar and matches whole texts against it; a plain reading of llama.cpp's `grammars/README.md`.
struct GrammarMatcher {
    indirect enum Node {
        case literal([UInt32])
        case set([ClosedRange<UInt32>], isInverted: Bool)
        case rule(String)
        case sequence([Node])
        case choice([Node])
        case repeated(Node, Int, Int)
    }

    struct Malformed: Error {
        let at: String
    }

    private(set) var rules: [String: Node] = [:]
    private var source: [Unicode.Scalar] = []
    private var position = 0

    init(_ grammar: String) throws {
        for line in grammar.split(separator: "\n") {
            source = Array(line.unicodeScalars)
            position = 0
            let name = readName()
            skipSpace()
            guard source[position...].starts(with: "::=".unicodeScalars) else { throw malformed }
            position += 3
            guard !name.isEmpty, rules[name] == nil else { throw malformed }
            rules[name] = try readChoice()
            guard position == source.count else { throw malformed }
        }
        guard rules["root"] != nil else { throw Malformed(at: "no root") }
        for node in rules.values { try check(node) }
    }

    private func check(_ node: Node) throws {
        switch node {
        case .literal, .set: break
        case .rule(let name): if rules[name] == nil { throw Malformed(at: "no rule \(name)") }
        case .sequence(let parts), .choice(let parts): for part in parts { try check(part) }
        case .repeated(let item, let least, let most):
            // llama.cpp takes a larger upper bound for none, and refuses a larger lower one.
            guard least <= 2000, most <= 2000 || most == .max else { throw Malformed(at: "{\(least),\(most)}") }
            try check(item)
        }
    }

    private var malformed: Malformed { Malformed(at: String(String.UnicodeScalarView(source[position...]))) }
    private var next: Unicode.Scalar? { position < source.count ? source[position] : nil }

    private mutating func skipSpace() {
        while next == " " { position += 1 }
    }

    private mutating func readName() -> String {
        var name = ""
        while let scalar = next,
            scalar == "-"
                || (scalar.isASCII && (scalar.properties.numericType != nil || scalar.properties.isAlphabetic))
        {
            name.unicodeScalars.append(scalar)
            position += 1
        }
        return name
    }

    private mutating func readChoice() throws -> Node {
        var options = [try readSequence()]
        while next == "|" {
            position += 1
            options.append(try readSequence())
        }
        return .choice(options)
    }

    private mutating func readSequence() throws -> Node {
        var parts: [Node] = []
        skipSpace()
        while let scalar = next, scalar != "|", scalar != ")" {
            position += 1
            switch scalar {
            case "\"": parts.append(.literal(try readLiteral()))
            case "[": parts.append(try readSet())
            case "(":
                parts.append(try readChoice())
                guard next == ")" else { throw malformed }
                position += 1
            case "*", "+", "?", "{":
                guard let item = parts.popLast() else { throw malformed }
                let (least, most) = try readCounts(scalar)
                parts.append(.repeated(item, least, most))
            default:
                position -= 1
                let name = readName()
                guard !name.isEmpty else { throw malformed }
                parts.append(.rule(name))
            }
            skipSpace()
        }
        return .sequence(parts)
    }

    private mutating func readCounts(_ scalar: Unicode.Scalar) throws -> (Int, Int) {
        switch scalar {
        case "*": return (0, .max)
        case "+": return (1, .max)
        case "?": return (0, 1)
        default:
            var text = ""
            while let scalar = next, scalar != "}" {
                text.unicodeScalars.append(scalar)
                position += 1
            }
            position += 1
            let parts = text.split(separator: ",", omittingEmptySubsequences: false)
            guard let least = Int(parts[0]) else { throw malformed }
            if parts.count == 1 { return (least, least) }
            return (least, parts[1].isEmpty ? .max : Int(parts[1]) ?? -1)
        }
    }

    private mutating func readCharacter() throws -> UInt32 {
        guard let scalar = next else { throw malformed }
        position += 1
        guard scalar == "\\" else { return scalar.value }
        guard let escape = next else { throw malformed }
        position += 1
        if escape == "\"" || escape == "\\" { return escape.value }
        let width = ["x": 2, "u": 4, "U": 8][escape] ?? 0
        guard width > 0, position + width <= source.count,
            let value = UInt32(String(String.UnicodeScalarView(source[position..<position + width])), radix: 16)
        else { throw malformed }
        position += width
        return value
    }

    private mutating func readLiteral() throws -> [UInt32] {
        var result: [UInt32] = []
        while next != "\"" { result.append(try readCharacter()) }
        position += 1
        return result
    }

    private mutating func readSet() throws -> Node {
        var ranges: [ClosedRange<UInt32>] = []
        let isInverted = next == "^"
        if isInverted { position += 1 }
        while next != "]" {
            let first = try readCharacter()
            var last = first
            if next == "-" {
                position += 1
                last = try readCharacter()
            }
            guard first <= last else { throw malformed }
            ranges.append(first...last)
        }
        position += 1
        return .set(ranges, isInverted: isInverted)
    }

    /// Whether the grammar matches the whole of `text`.
    func matches(_ text: String) -> Bool {
        var run = Run(rules: rules, text: text.unicodeScalars.map(\.value))
        return run.ends(of: .rule("root"), from: 0).contains(run.text.count)
    }

    /// Finds all places where a match from one place can end.
    private struct Run {
        struct Key: Hashable {
            let rule: String
            let start: Int
        }

        let rules: [String: Node]
        let text: [UInt32]
        var known: [Key: Set<Int>] = [:]

        mutating func ends(of node: Node, from start: Int) -> Set<Int> {
            switch node {
            case .literal(let literal): return text[start...].starts(with: literal) ? [start + literal.count] : []
            case .set(let ranges, let isInverted):
                guard start < text.count else { return [] }
                return ranges.contains { $0.contains(text[start]) } != isInverted ? [start + 1] : []
            case .rule(let name):
                let key = Key(rule: name, start: start)
                if let known = known[key] { return known }
                let result = ends(of: rules[name] ?? .choice([]), from: start)
                known[key] = result
                return result
            case .sequence(let parts):
                var places: Set = [start]
                for part in parts { places = ends(of: part, from: places) }
                return places
            case .choice(let options):
                return options.reduce(into: []) { $0.formUnion(ends(of: $1, from: start)) }
            case .repeated(let item, let least, let most):
                var places: Set = [start]
                for _ in 0..<least { places = ends(of: item, from: places) }
                var all = places
                var count = least
                while count < most, !places.isEmpty {
                    places = ends(of: item, from: places).subtracting(all)
                    all.formUnion(places)
                    count += 1
                }
                return all
            }
        }

        private mutating func ends(of node: Node, from starts: Set<Int>) -> Set<Int> {
            starts.reduce(into: []) { $0.formUnion(ends(of: node, from: $1)) }
        }
    }
}
