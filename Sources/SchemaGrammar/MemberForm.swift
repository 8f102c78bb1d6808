import ServingModel

/// How the members of an object are written one after the other.
enum MemberForm {
    /// As the spelling of values has objects.
    case object
    /// `key=value`, apart by commas.
    case keywords
    /// Between tags; the types say which values are text.
    case tagged(TaggedArguments, ArgumentTypes)

    var separator: GrammarExpression {
        switch self {
        case .object, .keywords: GrammarBuilder.comma
        case .tagged: .empty
        }
    }
}
