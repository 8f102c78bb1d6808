package import ServingModel

/// A tokenizer to which white space only separates words: it leaves no trace in the tokens.
package final class WhitespaceTokenizer: Tokenizer {
    private let words: any Tokenizer
    private let makesLowercase: Bool
    private let addedTokens: AddedTokenMatcher

    package var vocabulary: Vocabulary { words.vocabulary }

    /// - Parameter words: The tokenizer of each word, which has no added tokens.
    init(words: any Tokenizer, makesLowercase: Bool, addedTokens: AddedTokenMatcher) {
        self.words = words
        self.makesLowercase = makesLowercase
        self.addedTokens = addedTokens
    }

    package func encode(_ text: Span<UInt8>, specialsIn specials: [Range<Int>], into tokens: inout [TokenID]) {
        addedTokens.forEachPart(of: text, specialsIn: specials, into: &tokens) { view, part, tokens in
            guard makesLowercase else {
                encodeWords(view, part, &tokens)
                return
            }
            LowercaseMap.shared.lowercased(view, part).withUnsafeBufferPointer { lowercase in
                guard let base = lowercase.baseAddress else { return }
                encodeWords(TextView(lowercase, base), lowercase.indices, &tokens)
            }
        }
    }

    private func encodeWords(_ text: TextView, _ part: Range<Int>, _ tokens: inout [TokenID]) {
        var position = text.end(of: .whiteSpace, from: part.lowerBound, limit: part.upperBound)
        while position < part.upperBound {
            let end = text.end(ofNone: .whiteSpace, from: position, limit: part.upperBound)
            let word = UnsafeBufferPointer(start: text.bytes + position, count: end - position)
            words.encode(word.span, specialsIn: [], into: &tokens)
            position = text.end(of: .whiteSpace, from: end, limit: part.upperBound)
        }
    }
}
