/// A regular expression as instructions for `RegexMatcher`.
struct RegexProgram: Sendable {
    enum Instruction {
        /// One character of a set.
        case set(Int)
        /// As many characters of a set as there are, at most `most`; fewer if what follows needs it, unless
        /// `isPossessive`. `memo` numbers what the matcher remembers of it.
        case run(set: Int, least: Int, most: Int, isPossessive: Bool, memo: Int)
        /// Goes on at `first`, and if that fails at `second`.
        case split(first: Int, second: Int, memo: Int)
        case jump(Int)
        /// What stands from the next instruction to `end` must match here, or must not.
        case lookAhead(end: Int, isNegated: Bool)
        /// The character before must be in the set, or must not.
        case lookBehind(set: Int, isNegated: Bool)
        case anchor(RegexNode.Anchor)
        case match
    }

    private(set) var instructions: [Instruction] = []
    private(set) var sets: [CharacterSet] = []
    private(set) var memoCount = 0

    private static let instructionLimit = 20_000

    /// - Throws: `.unsupported` with the pattern's part that is not done.
    init(_ pattern: String, _ dialect: RegexParser.Dialect = .oniguruma) throws(TokenizationError) {
        try append(RegexParser.node(of: pattern, dialect), pattern)
        instructions.append(.match)
    }

    private mutating func append(_ node: RegexNode, _ pattern: String) throws(TokenizationError) {
        guard instructions.count < Self.instructionLimit else {
            throw .unsupported("so many repetitions in the pattern '\(pattern)'")
        }
        switch node {
        case .set(let set): instructions.append(.set(number(of: set)))
        case .sequence(let nodes): for node in nodes { try append(node, pattern) }
        case .choice(let nodes): try appendChoice(nodes, pattern)
        case .repetition(.set(let set), let least, let most, let greed) where greed != .lazy:
            instructions.append(
                .run(
                    set: number(of: set), least: least, most: most ?? .max, isPossessive: greed == .possessive,
                    memo: newMemo()))
        case .repetition(let node, let least, let most, let greed):
            // A single alternative that cannot be given back in parts is the same without that.
            let isPlain = least == 1 && most == 1 && node.length.least == node.length.most
            guard greed != .possessive || isPlain else {
                throw .unsupported("a possessive group in the pattern '\(pattern)'")
            }
            try appendRepetition(node, least, most, isLazy: greed == .lazy, pattern)
        case .look(let node, let isBehind, let isNegated): try appendLook(node, isBehind, isNegated, pattern)
        case .anchor(let anchor): instructions.append(.anchor(anchor))
        }
    }

    private mutating func appendChoice(_ nodes: [RegexNode], _ pattern: String) throws(TokenizationError) {
        var jumps: [Int] = []
        for (index, node) in nodes.enumerated() {
            let split = instructions.count
            let isLast = index == nodes.count - 1
            if !isLast { instructions.append(.match) }
            try append(node, pattern)
            guard !isLast else { break }
            jumps.append(instructions.count)
            instructions.append(.match)
            instructions[split] = .split(first: split + 1, second: instructions.count, memo: newMemo())
        }
        for jump in jumps { instructions[jump] = .jump(instructions.count) }
    }

    private mutating func appendRepetition(
        _ node: RegexNode, _ least: Int, _ most: Int?, isLazy: Bool, _ pattern: String
    ) throws(TokenizationError) {
        for _ in 0..<least { try append(node, pattern) }
        func split(_ at: Int, _ end: Int, _ memo: Int) -> Instruction {
            isLazy ? .split(first: end, second: at + 1, memo: memo) : .split(first: at + 1, second: end, memo: memo)
        }
        guard let most else {
            guard node.length.least > 0 else {
                throw .unsupported("a repetition of what may be empty in the pattern '\(pattern)'")
            }
            let start = instructions.count
            instructions.append(.match)
            try append(node, pattern)
            instructions.append(.jump(start))
            instructions[start] = split(start, instructions.count, newMemo())
            return
        }
        var splits: [Int] = []
        for _ in least..<max(least, most) {
            splits.append(instructions.count)
            instructions.append(.match)
            try append(node, pattern)
        }
        for at in splits { instructions[at] = split(at, instructions.count, newMemo()) }
    }

    private mutating func appendLook(
        _ node: RegexNode, _ isBehind: Bool, _ isNegated: Bool, _ pattern: String
    ) throws(TokenizationError) {
        if isBehind {
            guard case .set(let set) = node else {
                throw .unsupported("a look behind at more than one character in the pattern '\(pattern)'")
            }
            instructions.append(.lookBehind(set: number(of: set), isNegated: isNegated))
            return
        }
        let look = instructions.count
        instructions.append(.match)
        try append(node, pattern)
        instructions.append(.match)
        instructions[look] = .lookAhead(end: instructions.count, isNegated: isNegated)
    }

    private mutating func number(of set: CharacterSet) -> Int {
        sets.append(set)
        return sets.count - 1
    }

    private mutating func newMemo() -> Int {
        memoCount += 1
        return memoCount - 1
    }
}
