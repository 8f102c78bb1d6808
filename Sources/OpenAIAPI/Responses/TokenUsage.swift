/// The tokens that a request took.
package struct TokenUsage: Sendable, Equatable {
    package var promptTokens: Int
    /// Over all choices.
    package var completionTokens: Int
    /// Prompt tokens that did not have to be processed.
    package var cachedTokens: Int
    /// Completion tokens that were reasoning; nil where no reasoning is told from answers.
    package var reasoningTokens: Int?

    package init(promptTokens: Int, completionTokens: Int, cachedTokens: Int, reasoningTokens: Int? = nil) {
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        self.cachedTokens = cachedTokens
        self.reasoningTokens = reasoningTokens
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
        if let reasoningTokens {
            bytes.append(#"},"completion_tokens_details":{"reasoning_tokens":"#)
            bytes.append(decimal: reasoningTokens)
        }
        bytes.append("}}")
    }
}
