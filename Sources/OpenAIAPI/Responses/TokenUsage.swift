/// The tokens that a request took.
package struct TokenUsage: Sendable, Equatable {
    package var promptTokens: Int
    /// Over all choices.
    package var completionTokens: Int
    /// Prompt tokens that did not have to be processed.
    package var cachedTokens: Int

    package init(promptTokens: Int, completionTokens: Int, cachedTokens: Int) {
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        self.cachedTokens = cachedTokens
    }

    func append(to bytes: inout [UInt8]) {
        bytes.append(#"{"prompt_tokens":"#)
        bytes.append(decimal: promptTokens)
        bytes.append(#","completion_tokens":"#)
        bytes.append(decimal: completionTokens)
        bytes.append(#","total_tokens":"#)
        bytes.append(decimal: promptTokens + completionTokens)
        bytes.append(#","prompt_tokens_details":{"cached_tokens":"#)
        bytes.append(decimal: cachedTokens)
        bytes.append("}}")
    }
}
