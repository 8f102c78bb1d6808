package import ServingModel

/// The tokens of a vocabulary that mean something to who runs the model.
package struct SpecialTokens: Sendable, Equatable {
    package var beginningOfSequence: TokenID?
    package var endOfSequence: TokenID?
    package var endOfTurn: TokenID?
    package var unknown: TokenID?
    package var padding: TokenID?
    /// Fill-in-the-middle: before the prefix, before the suffix, before the middle.
    package var fillPrefix: TokenID?
    package var fillSuffix: TokenID?
    package var fillMiddle: TokenID?
    /// Whether the model expects a prompt to begin with `beginningOfSequence`. `encode` never adds it.
    package var addsBeginningOfSequence = false
    /// Whether the model expects `endOfSequence` behind a text.
    package var addsEndOfSequence = false
    /// Every token that ends a generation, ascending.
    package var endOfGeneration: [TokenID] = []

    package init() {}
}
