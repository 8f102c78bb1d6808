private import JSONBytes
package import ServingModel

/// The tokens of a text or of a conversation, in vLLM's shape.
package struct TokenizeResponse: Sendable {
    package var tokens: [TokenID]
    /// The most tokens of prompt and completion together, where that is known.
    package var contextTokens: Int?
    /// Each token's text if it was asked for.
    package var tokenStrings: [String]?

    package init(tokens: [TokenID], contextTokens: Int?, tokenStrings: [String]?) {
        self.tokens = tokens
        self.contextTokens = contextTokens
        self.tokenStrings = tokenStrings
    }

    /// Appends the body.
    package func append(to bytes: inout [UInt8]) {
        CountResponse(count: tokens.count, contextTokens: contextTokens).appendMembers(to: &bytes)
        bytes.append(#","tokens":"#)
        bytes.append(tokens)
        bytes.append(#","token_strs":"#)
        let strings = tokenStrings.map { JSONValue.array($0.map(JSONValue.string)) } ?? .null
        bytes += strings.bytes
        bytes.append("}")
    }
}
