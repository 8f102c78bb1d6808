/// Why a JSON Schema cannot be turned into a grammar, and where in the schema.
package struct SchemaError: Error, Equatable, CustomStringConvertible {
    package enum Kind: Equatable, Sendable {
        /// Something that constrains and that a grammar does not express; what, and what to do instead.
        case unsupported(String)
        /// Not a JSON Schema.
        case invalid(String)
        /// No finite document satisfies it.
        case impossible
        /// One of `SchemaLimits` is exceeded.
        case tooLarge(limit: String, most: Int)
    }

    package let kind: Kind
    /// A JSON Pointer (RFC 6901) in its URI fragment form: `#` is the whole schema.
    package let pointer: String

    package init(_ kind: Kind, at pointer: String) {
        self.kind = kind
        self.pointer = pointer
    }

    package var description: String {
        let what =
            switch kind {
            case .unsupported(let what): "unsupported: \(what)"
            case .invalid(let what): what
            case .impossible: "no document satisfies this schema"
            case .tooLarge(let limit, let most): "too large: at most \(most) \(limit)"
            }
        return "\(what), at \(pointer)"
    }
}
