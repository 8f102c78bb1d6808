/// Tokens to embed. The answer is one `embedded` event, or `failed`.
package struct EmbeddingRequest: Sendable, Equatable {
    package let id: RequestID
    /// At least one token.
    package var prompt: [TokenID]
    /// The request fails with `deadlinePassed` if it has not been answered by then.
    package var deadline: Moment?

    package init(id: RequestID, prompt: [TokenID]) {
        self.id = id
        self.prompt = prompt
    }
}
