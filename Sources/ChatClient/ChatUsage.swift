/// The tokens that a server says it has used.
package struct ChatUsage: Equatable, Sendable {
    package var promptTokens: Int
    package var completionTokens: Int
    /// Prompt tokens that the server did not have to compute; nil if it doesn't say.
    package var cachedTokens: Int?

    package init(promptTokens: Int, completionTokens: Int, cachedTokens: Int? = nil) {
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        self.cachedTokens = cachedTokens
    }
}
