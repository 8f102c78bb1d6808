package import ServingModel

/// The tokenizer of RWKV's world models: at each place the longest token that the text has there.
///
/// Tokens are bytes, not always whole characters. Bytes that begin no token become the unknown token, and are left out
/// where there is none.
package final class LongestMatchTokenizer: Tokenizer {
    package let vocabulary: Vocabulary
    private let trie: ByteTrie
    /// The tokens by their numbers in the trie.
    private let tokens: [TokenID]
    private let addedTokens: AddedTokenMatcher

    /// - Parameter tokens: Those that text may become; of equal ones the last counts.
    init(vocabulary: Vocabulary, tokens: [TokenID], addedTokens: AddedTokenMatcher) {
        self.vocabulary = vocabulary
        self.tokens = tokens
        trie = ByteTrie(tokens.map { vocabulary.bytes(of: $0) })
        self.addedTokens = addedTokens
    }

    package func encode(_ text: Span<UInt8>, specialsIn specials: [Range<Int>], into tokens: inout [TokenID]) {
        addedTokens.forEachPart(of: text, specialsIn: specials, into: &tokens) { view, part, tokens in
            let text = UnsafeBufferPointer(start: view.bytes, count: part.upperBound)
            var position = part.lowerBound
            while position < part.upperBound {
                if let match = trie.longestMatch(text, from: position) {
                    tokens.append(self.tokens[Int(match.value)])
                    position = match.end
                } else {
                    if let unknown = vocabulary.specials.unknown { tokens.append(unknown) }
                    position += 1
                }
            }
        }
    }
}
