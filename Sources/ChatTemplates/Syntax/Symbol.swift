/// The operators and delimiters, as they are written.
enum Symbol: String, CaseIterable {
    case floorDivide = "//", power = "**", equal = "==", notEqual = "!=", atLeast = ">=", atMost = "<="
    case plus = "+", minus = "-", divide = "/", multiply = "*", modulo = "%", tilde = "~"
    case openBracket = "[", closeBracket = "]", openParenthesis = "(", closeParenthesis = ")"
    case openBrace = "{", closeBrace = "}"
    case greater = ">", less = "<", assign = "=", dot = ".", colon = ":", pipe = "|", comma = ",", semicolon = ";"

    /// What closes a bracket that this symbol opens.
    var closing: Symbol? {
        switch self {
        case .openBracket: .closeBracket
        case .openParenthesis: .closeParenthesis
        case .openBrace: .closeBrace
        default: nil
        }
    }
}
