private import JSONBytes
package import ServingModel

/// The tokens of a text or of a conversation, in vLLM's shape.
package struct TokenizeResponse: Sendable {
    package var tokens: [TokenID]
    /// The most tokens of prompt and completion together.
    package var contextTokens: Int
    /// Each token's text if it was asked for.
    package var tokenStrings: [String]?

    package init(tokens: [TokenID], contextTokens: Int, tokenStrings: [String]?) {
        self.tokens = tokens
        self.contextTokens = contextTokens
        self.tokenStrings = tokenStrings
    }

    /// Appends the body.
    package func append(to bytes: inout [UInt8]) {
        bytes.append(#"{"count":"#)
        bytes.append(decimal: tokens.count)
        bytes.append(#","max_model_len":"#)
        bytes.append(decimal: contextTokens)
        bytes.append(#","tokens":["#)
        for (index, token) in tokens.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(decimal: Int(token.rawValue))
        }
        bytes.append(#"],"token_strs":"#)
        let strings = tokenStrings.map { JSONValue.array($0.map(JSONValue.string)) } ?? .null
        bytes += strings.bytes
        bytes.append("}")
    }
}
