extension GrammarBuilder {
    /// Any text up to the first place where `mark` stands, and there `end`, whose last part is the mark.
    ///
    /// A rule for each state of an automaton that looks for both (Aho and Corasick, 1975), so that at each character
    /// there is one way to go on: as many rules as both have characters.
    mutating func text(upTo end: String, mark: String) throws(SchemaError) -> GrammarExpression {
        let patterns = [end, mark].map { Array($0.unicodeScalars) }
        var states: [[Unicode.Scalar]] = [[]]
        for pattern in patterns {
            for count in 1..<pattern.count where !states.contains(Array(pattern.prefix(count))) {
                states.append(Array(pattern.prefix(count)))
            }
        }
        let rules = try states.map { _ throws(SchemaError) in try reserve() }
        let letters = Set(patterns.joined()).sorted()
        let others = CharacterSet.all.subtracting(
            CharacterSet(ranges: letters.map { $0.value...$0.value } + [0...0]))
        for (state, rule) in zip(states, rules) {
            var options: [GrammarExpression] = []
            var targets: [Int: CharacterSet] = [0: others]
            for letter in letters {
                let text = state + [letter]
                if text.ends(with: patterns[0]) {
                    options.append(.text(String(letter)))
                } else if !text.ends(with: patterns[1]) {
                    let next = Self.longestState(states, endingOf: text)
                    targets[next] = CharacterSet(letter).union(targets[next] ?? .none)
                }
            }
            for (next, set) in targets.sorted(by: { $0.key < $1.key }) {
                options.append(.sequence([.character(set), .rule(rules[next])]))
            }
            define(rule, as: .choice(options))
        }
        return .rule(rules[0])
    }

    private static func longestState(_ states: [[Unicode.Scalar]], endingOf text: [Unicode.Scalar]) -> Int {
        let matching = states.indices.filter { text.ends(with: states[$0]) }
        return matching.max { states[$0].count < states[$1].count } ?? 0
    }
}

extension [Unicode.Scalar] {
    fileprivate func ends(with other: [Unicode.Scalar]) -> Bool { suffix(other.count).elementsEqual(other) }
}
