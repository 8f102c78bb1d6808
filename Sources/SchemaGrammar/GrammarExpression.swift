/// The right-hand side of a grammar rule, or a part of it.
indirect enum GrammarExpression: Sendable {
    /// These characters, one after the other.
    case text(String)
    /// One character of a set.
    case character(CharacterSet)
    case rule(GrammarRule)
    case sequence([GrammarExpression])
    /// One of these; of none, nothing matches.
    case choice([GrammarExpression])
    /// A single symbol (not a sequence or a choice) over and over; without a limit if `most` is nil.
    case repeated(GrammarExpression, least: Int, most: Int?)

    static let empty = GrammarExpression.sequence([])
    static let never = GrammarExpression.choice([])
    static let digit = GrammarExpression.character(CharacterSet("0", "9"))

    static func oneOf(_ characters: String) -> GrammarExpression {
        .character(CharacterSet(ranges: characters.unicodeScalars.map { $0.value...$0.value }))
    }

    /// Whether it stands for one symbol of the grammar, which can be repeated as it is.
    var isSymbol: Bool {
        switch self {
        case .text, .character, .rule: true
        case .sequence, .choice, .repeated: false
        }
    }
}

/// The number of a rule within its grammar.
struct GrammarRule: Hashable, Sendable {
    let index: Int
}
