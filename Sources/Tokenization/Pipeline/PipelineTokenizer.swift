package import ServingModel

/// A tokenizer of steps one after the other, each as the file that describes it says: added tokens, a normalizer,
/// pre-tokenizers, a model. It does whatever has no faster tokenizer of its own.
///
/// Algorithm: Hugging Face's `tokenizers`. Control tokens that are looked for in the normalized text are found there if
/// the whole text allows them, else in the text as it is.
package final class PipelineTokenizer: Tokenizer {
    struct Steps: Sendable {
        var normalizer: Normalizer?
        var splits: [SplitStep] = []
        let model: SubwordModel
    }

    package let vocabulary: Vocabulary
    private let steps: Steps
    /// The tokens that are found in the text as it is, without and with the control tokens that belong to the other.
    private let tokensInText: AddedTokenMatcher
    private let allControlTokensInText: AddedTokenMatcher
    /// Those that are found in the normalized text, if there are any.
    private let tokensInNormalized: AddedTokenMatcher?
    private let scratches = ScratchPool()

    /// - Parameters:
    ///   - addedTokens: Those found in the text as it is.
    ///   - normalizedTokens: Those found in the normalized text; their own text is normalized here.
    init(vocabulary: Vocabulary, steps: Steps, addedTokens: [AddedToken], normalizedTokens: [AddedToken] = []) {
        self.vocabulary = vocabulary
        self.steps = steps
        let normalizer = steps.normalizer
        tokensInText = AddedTokenMatcher(addedTokens)
        allControlTokensInText = AddedTokenMatcher(addedTokens + normalizedTokens.filter(\.isControl))
        tokensInNormalized =
            normalizedTokens.isEmpty
            ? nil
            : AddedTokenMatcher(
                normalizedTokens.map { token in
                    AddedToken(
                        id: token.id, text: normalizer?.normalized(token.text) ?? token.text,
                        isControl: token.isControl, stripsLeft: token.stripsLeft, stripsRight: token.stripsRight,
                        isSingleWord: token.isSingleWord)
                })
    }

    package func encode(_ text: Span<UInt8>, specialsIn specials: [Range<Int>], into tokens: inout [TokenID]) {
        guard !text.isEmpty else { return }
        let scratch = scratches.take()
        defer { scratches.giveBack(scratch) }
        let isAllSpecial = specials.count == 1 && specials[0] == 0..<text.count
        let matcher = isAllSpecial || specials.isEmpty ? tokensInText : allControlTokensInText
        matcher.forEachPart(of: text, specialsIn: specials, into: &tokens) { view, part, tokens in
            var bytes = Array(UnsafeBufferPointer(start: view.bytes + part.lowerBound, count: part.count))
            if let normalizer = steps.normalizer { bytes = normalizer.normalized(bytes) }
            let isFirst = part.lowerBound == 0
            guard let tokensInNormalized else { return encode(bytes, isFirst: isFirst, scratch, &tokens) }
            tokensInNormalized.forEachPart(
                of: bytes.span, specialsIn: isAllSpecial ? [0..<bytes.count] : [], into: &tokens
            ) { view, part, tokens in
                let piece = Array(UnsafeBufferPointer(start: view.bytes + part.lowerBound, count: part.count))
                encode(piece, isFirst: isFirst && part.lowerBound == 0, scratch, &tokens)
            }
        }
    }

    /// Encodes normalized text in which there are no added tokens.
    private func encode(_ text: [UInt8], isFirst: Bool, _ scratch: EncodingScratch, _ tokens: inout [TokenID]) {
        var pieces = Pieces(text, startsText: isFirst)
        for split in steps.splits { split.apply(to: &pieces) }
        pieces.text.withUnsafeBufferPointer { buffer in
            for range in pieces.ranges {
                steps.model.encode(UnsafeBufferPointer(rebasing: buffer[range]), scratch, into: &tokens)
            }
        }
    }
}
