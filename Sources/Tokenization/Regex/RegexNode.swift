/// A part of a regular expression.
indirect enum RegexNode: Sendable {
    case set(CharacterSet)
    case sequence([RegexNode])
    /// The first alternative that matches.
    case choice([RegexNode])
    /// As often as `range` says; the upper bound is nil where there is none.
    case repetition(RegexNode, least: Int, most: Int?, Greed)
    /// What stands before or behind, or does not, without being part of the match.
    case look(RegexNode, isBehind: Bool, isNegated: Bool)
    case anchor(Anchor)

    enum Greed {
        case greedy
        case lazy
        /// Greedy, and nothing of it is given back.
        case possessive
    }

    enum Anchor {
        case textStart
        case textEnd
        case lineStart
        case lineEnd
        /// At the end of the text or before the newline that ends it.
        case lastLineEnd
        case wordBoundary
        case noWordBoundary
    }

    /// The least and the most characters that it may match; no most where there is none.
    var length: (least: Int, most: Int?) {
        switch self {
        case .set: return (1, 1)
        case .sequence(let nodes):
            return nodes.reduce((0, 0)) { sum, node in
                let length = node.length
                return (sum.least + length.least, Self.sum(sum.most, length.most))
            }
        case .choice(let nodes):
            let lengths = nodes.map(\.length)
            let most = lengths.contains { $0.most == nil } ? nil : lengths.compactMap(\.most).max() ?? 0
            return (lengths.map(\.least).min() ?? 0, most)
        case .repetition(let node, let least, let most, _):
            let length = node.length
            guard let most, let one = length.most else { return (length.least * least, nil) }
            return (length.least * least, one * most)
        case .look, .anchor: return (0, 0)
        }
    }

    private static func sum(_ left: Int?, _ right: Int?) -> Int? {
        guard let left, let right else { return nil }
        return left + right
    }
}
