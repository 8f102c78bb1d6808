/// The number of a text's tokens, without the tokens.
package struct CountResponse: Sendable {
    package var count: Int
    /// The most tokens of prompt and completion together, where that is known.
    package var contextTokens: Int?

    package init(count: Int, contextTokens: Int?) {
        self.count = count
        self.contextTokens = contextTokens
    }

    /// Appends the body.
    package func append(to bytes: inout [UInt8]) {
        appendMembers(to: &bytes)
        bytes.append("}")
    }

    /// Appends the body up to where further members may follow.
    func appendMembers(to bytes: inout [UInt8]) {
        bytes.append(#"{"count":"#)
        bytes.append(decimal: count)
        bytes.append(#","max_model_len":"#)
        if let contextTokens { bytes.append(decimal: contextTokens) } else { bytes.append("null") }
    }
}
