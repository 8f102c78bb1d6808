package import ServingModel

/// SentencePiece with a unigram language model, as T5, XLM-RoBERTa and others have it.
///
/// Each part between added tokens is normalized as a text of its own. Bytes that are not UTF-8 become U+FFFD, as
/// SentencePiece has it.
package final class UnigramTokenizer: Tokenizer {
    package let vocabulary: Vocabulary
    private let normalizer: SentencePieceNormalizer
    private let model: UnigramModel
    private let addedTokens: AddedTokenMatcher

    init(
        vocabulary: Vocabulary, normalizer: SentencePieceNormalizer, model: UnigramModel,
        addedTokens: AddedTokenMatcher
    ) {
        self.vocabulary = vocabulary
        self.normalizer = normalizer
        self.model = model
        self.addedTokens = addedTokens
    }

    package func encode(_ text: Span<UInt8>, specialsIn specials: [Range<Int>], into tokens: inout [TokenID]) {
        addedTokens.forEachPart(of: text, specialsIn: specials, into: &tokens) { view, part, tokens in
            normalizer.normalized(view, part).withUnsafeBufferPointer { model.encode($0, into: &tokens) }
        }
    }
}
