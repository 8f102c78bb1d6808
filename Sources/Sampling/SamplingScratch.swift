/// Working memory for choosing tokens; one for each thread, shared by all its sequences.
///
/// It takes 20 bytes a token of the vocabulary, once, and holds nothing between two calls.
package struct SamplingScratch: ~Copyable {
    /// The longest row that it is good for.
    package let vocabularySize: Int
    /// Unnormalised probabilities, in whole blocks.
    let weights: UnsafeMutablePointer<Float>
    /// One number a block.
    let blocks: UnsafeMutablePointer<Float>
    /// Tokens that were picked out of the row, in the order of their ids.
    let candidates: UnsafeMutablePointer<RankedToken>
    /// What a selection rearranges.
    let selection: UnsafeMutablePointer<RankedToken>

    package init(vocabularySize: Int) {
        precondition(vocabularySize > 0, "a vocabulary has at least one token")
        self.vocabularySize = vocabularySize
        let blockCount = FloatRow.blockCount(of: vocabularySize)
        weights = .allocate(capacity: blockCount * FloatRow.blockWidth)
        blocks = .allocate(capacity: blockCount)
        candidates = .allocate(capacity: vocabularySize)
        selection = .allocate(capacity: vocabularySize)
    }

    deinit {
        weights.deallocate()
        blocks.deallocate()
        candidates.deallocate()
        selection.deallocate()
    }
}
