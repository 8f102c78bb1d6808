/// Writes a grammar in llama.cpp's GBNF (its `grammars/README.md`).
///
/// What can match nothing finite is left out first: otherwise a model could walk into a branch that has no end.
struct GrammarText {
    private let rules: [GrammarExpression]
    private let names: [String]
    private var isProductive: [Bool]
    private var text = ""
    private var writtenRepetitions = 0

    /// The text of the grammar that starts at `root`; throws `impossible` if that matches nothing.
    static func write(_ builder: GrammarBuilder, root: GrammarRule) throws(SchemaError) -> String {
        var writer = GrammarText(builder, root: root)
        writer.findProductive()
        guard writer.isProductive[root.index] else { throw SchemaError(.impossible, at: "#") }
        var queue = [root]
        var isQueued = Array(repeating: false, count: writer.rules.count)
        isQueued[root.index] = true
        while let rule = queue.popLast() {
            let expression = writer.pruned(writer.rules[rule.index])
            writer.text += writer.names[rule.index] + " ::= "
            writer.write(expression, isNested: false)
            writer.text += "\n"
            guard writer.text.utf8.count <= SchemaLimits.grammarBytes else {
                throw SchemaError(.tooLarge(limit: "bytes of grammar", most: SchemaLimits.grammarBytes), at: "#")
            }
            guard writer.writtenRepetitions <= SchemaLimits.writtenRepetitions else {
                throw SchemaError(
                    .tooLarge(limit: "repetitions in all", most: SchemaLimits.writtenRepetitions), at: "#")
            }
            for next in expression.references where !isQueued[next.index] {
                isQueued[next.index] = true
                queue.append(next)
            }
        }
        return writer.text
    }

    private init(_ builder: GrammarBuilder, root: GrammarRule) {
        rules = builder.rules.map { $0 ?? .never }
        names = builder.names.enumerated().map { index, name in
            index == root.index ? "root" : name ?? "r\(index)"
        }
        isProductive = Array(repeating: false, count: rules.count)
    }

    /// Marks the rules that match some finite text: those that can be shown to with the rules marked before them.
    private mutating func findProductive() {
        var users: [[Int]] = Array(repeating: [], count: rules.count)
        for (index, expression) in rules.enumerated() {
            for reference in expression.references { users[reference.index].append(index) }
        }
        var queue = Array(rules.indices)
        while let index = queue.popLast() {
            guard !isProductive[index], matches(rules[index]) else { continue }
            isProductive[index] = true
            queue.append(contentsOf: users[index].filter { !isProductive[$0] })
        }
    }

    private func matches(_ expression: GrammarExpression) -> Bool {
        switch expression {
        case .text: true
        case .character(let set): !set.isEmpty
        case .rule(let rule): isProductive[rule.index]
        case .sequence(let parts): parts.allSatisfy(matches)
        case .choice(let options): options.contains(where: matches)
        case .repeated(let item, let least, _): least == 0 || matches(item)
        }
    }

    private func pruned(_ expression: GrammarExpression) -> GrammarExpression {
        switch expression {
        case .text, .character, .rule: return expression
        case .sequence(let parts):
            var flat: [GrammarExpression] = []
            for part in parts.map(pruned) {
                guard case .sequence(let inner) = part else {
                    append(part, to: &flat)
                    continue
                }
                for part in inner { append(part, to: &flat) }
            }
            return flat.count == 1 ? flat[0] : .sequence(flat)
        case .choice(let options):
            let rest = options.filter(matches).map(pruned)
            return rest.count == 1 ? rest[0] : .choice(rest)
        case .repeated(let item, _, let most):
            return most == 0 || !matches(item) ? .empty : expression
        }
    }

    /// Appends one part of a sequence; texts that follow each other become one.
    private func append(_ part: GrammarExpression, to parts: inout [GrammarExpression]) {
        if case .text(let text) = part, case .text(let before)? = parts.last {
            parts[parts.count - 1] = .text(before + text)
        } else {
            parts.append(part)
        }
    }

    private mutating func write(_ expression: GrammarExpression, isNested: Bool) {
        switch expression {
        case .text(let literal):
            text += "\""
            for scalar in literal.unicodeScalars { text += Self.escaped(scalar, unless: Self.isPlainInText) }
            text += "\""
        case .character(let set): write(set)
        case .rule(let rule): text += names[rule.index]
        case .sequence(let parts):
            if parts.isEmpty { text += "\"\"" }
            for (index, part) in parts.enumerated() {
                if index > 0 { text += " " }
                write(part, isNested: true)
            }
        case .choice(let options):
            if isNested { text += "(" }
            for (index, option) in options.enumerated() {
                if index > 0 { text += " | " }
                write(option, isNested: true)
            }
            if isNested { text += ")" }
        case .repeated(let item, let least, let most):
            write(item, isNested: true)
            writtenRepetitions += most ?? least
            text += Self.quantifier(least: least, most: most)
        }
    }

    private static func quantifier(least: Int, most: Int?) -> String {
        switch (least, most) {
        case (0, 1): "?"
        case (1, 1): ""
        case (0, nil): "*"
        case (1, nil): "+"
        case (_, nil): "{\(least),}"
        case (_, let most?): least == most ? "{\(least)}" : "{\(least),\(most)}"
        }
    }

    private mutating func write(_ set: CharacterSet) {
        text += "["
        for range in set.ranges {
            for (index, value) in [range.lowerBound, range.upperBound].prefix(range.count).enumerated() {
                if index > 0, range.count > 2 { text += "-" }
                if let scalar = Unicode.Scalar(value) { text += Self.escaped(scalar, unless: Self.isPlainInSet) }
            }
        }
        text += "]"
    }

    private static func isPlainInText(_ scalar: Unicode.Scalar) -> Bool {
        (0x20...0x7E).contains(scalar.value) && scalar != "\"" && scalar != "\\"
    }

    private static func isPlainInSet(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
    }

    private static func escaped(_ scalar: Unicode.Scalar, unless isPlain: (Unicode.Scalar) -> Bool) -> String {
        if isPlain(scalar) { return String(scalar) }
        if scalar == "\"" || scalar == "\\" { return "\\" + String(scalar) }
        let (letter, width) = scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x10000 ? ("u", 4) : ("U", 8)
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "\\" + letter + String(repeating: "0", count: width - digits.count) + digits
    }
}

extension GrammarExpression {
    /// The rules that it names.
    fileprivate var references: [GrammarRule] {
        switch self {
        case .text, .character: []
        case .rule(let rule): [rule]
        case .sequence(let parts), .choice(let parts): parts.flatMap(\.references)
        case .repeated(let item, _, _): item.references
        }
    }
}
