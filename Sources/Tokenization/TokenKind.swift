/// What a token of a vocabulary is for.
package enum TokenKind: UInt8, Sendable {
    /// A piece of text.
    case normal
    /// A mark of the model's own that is not text: recognised only where the caller allows it, and not shown.
    case control
    /// Stands for text that the vocabulary cannot express.
    case unknown
    /// A piece of text that is recognised wherever it stands, before anything else.
    case userDefined
    /// One byte, for text that no other token expresses.
    case byte
    /// Nothing; never encoded to.
    case unused
}
