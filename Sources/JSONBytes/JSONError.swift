/// What is wrong with a JSON text, and where.
package struct JSONError: Error, Equatable, CustomStringConvertible {
    /// The kind of fault.
    package enum Kind: Equatable, Sendable {
        /// The text ended inside a value.
        case unexpectedEnd
        /// A byte that cannot stand here; what was expected, in words.
        case expected(String)
        /// A byte that is not valid UTF-8, or a control character, inside a string.
        case invalidString
        /// A backslash followed by something JSON does not know.
        case invalidEscape
        /// Digits that are not a JSON number.
        case invalidNumber
        /// Arrays and objects nested deeper than the reader's limit.
        case tooDeep(limit: Int)
        /// Bytes other than white space after the value.
        case trailingBytes
    }

    package let kind: Kind
    /// The offset in bytes from the start of the text.
    package let offset: Int

    package init(_ kind: Kind, at offset: Int) {
        self.kind = kind
        self.offset = offset
    }

    package var description: String {
        let what =
            switch kind {
            case .unexpectedEnd: "the text ends inside a value"
            case .expected(let expected): "expected \(expected)"
            case .invalidString: "a string holds a control character or invalid UTF-8"
            case .invalidEscape: "a string holds an unknown escape"
            case .invalidNumber: "not a number that JSON knows"
            case .tooDeep(let limit): "nested deeper than \(limit) levels"
            case .trailingBytes: "something follows the value"
            }
        return "\(what), at byte \(offset)"
    }
}
