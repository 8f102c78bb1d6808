private import JSONBytes
package import ServingModel

/// The prompt that a conversation comes to, as text and as tokens.
package struct RenderResponse: Sendable {
    package var text: [UInt8]
    package var tokens: [TokenID]
    /// The most tokens of prompt and completion together, where that is known.
    package var contextTokens: Int?

    package init(text: [UInt8], tokens: [TokenID], contextTokens: Int?) {
        self.text = text
        self.tokens = tokens
        self.contextTokens = contextTokens
    }

    /// Appends the body.
    package func append(to bytes: inout [UInt8]) {
        CountResponse(count: tokens.count, contextTokens: contextTokens).appendMembers(to: &bytes)
        bytes.append(#","prompt":""#)
        text.withUnsafeBufferPointer { JSONEscaping.append($0, to: &bytes) }
        bytes.append(#"","tokens":"#)
        bytes.append(tokens)
        bytes.append("}")
    }
}
