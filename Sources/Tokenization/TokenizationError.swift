/// Why a vocabulary cannot be used: what is wrong with the file, or what it asks for that is not done here.
package enum TokenizationError: Error, Equatable, Sendable {
    /// A part that every vocabulary of this format has is missing or of another type.
    case missing(String)
    /// The file is not what it says it is.
    case malformed(String)
    /// The file asks for something that would have to be done to tokenize exactly, and is not.
    case unsupported(String)
}

extension TokenizationError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missing(let part): "The tokenizer lacks \(part)."
        case .malformed(let what): "The tokenizer is malformed: \(what)."
        case .unsupported(let what): "The tokenizer needs \(what), which is not supported."
        }
    }
}
