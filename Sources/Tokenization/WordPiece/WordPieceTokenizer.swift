package import ServingModel

/// BERT's tokenizer: its normalizer, its words, and WordPiece.
package final class WordPieceTokenizer: Tokenizer {
    package let vocabulary: Vocabulary
    private let normalizer: BertNormalizer
    private let model: WordPieceModel
    private let addedTokens: AddedTokenMatcher

    init(
        vocabulary: Vocabulary, normalizer: BertNormalizer, model: WordPieceModel, addedTokens: AddedTokenMatcher
    ) {
        self.vocabulary = vocabulary
        self.normalizer = normalizer
        self.model = model
        self.addedTokens = addedTokens
    }

    package func encode(_ text: Span<UInt8>, specialsIn specials: [Range<Int>], into tokens: inout [TokenID]) {
        addedTokens.forEachPart(of: text, specialsIn: specials, into: &tokens) { view, part, tokens in
            normalizer.normalized(view, part).withUnsafeBufferPointer { normalized in
                guard let base = normalized.baseAddress else { return }
                for word in BertWords(TextView(normalized, base), normalized.indices) {
                    model.encode(UnsafeBufferPointer(rebasing: normalized[word]), into: &tokens)
                }
            }
        }
    }
}
