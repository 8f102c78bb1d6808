package import ServingModel

/// PLaMo-2's tokenizer: of all rows of tokens that make a text, the one of the highest sum of scores.
///
/// Scores are integers, in ten-thousandths; a character that is no token is spelt in byte tokens at a cost of 1,000. Of
/// rows of equal sums the one counts whose first token is the longest. PLaMo-2's own code walks an automaton of token
/// suffixes from the text's end; this walks a trie from each place on, with the same result. Unlike llama.cpp, and like
/// PLaMo-2, it does not drop U+FEFF at the beginning of a text.
package final class PlamoTokenizer: Tokenizer {
    private struct Best: BitwiseCopyable {
        var cost: Int64
        /// Where the first token of the best row ends.
        var end: Int32
        /// The index of that token, or `unknownPiece`.
        var piece: Int32
    }

    private static let unknownPiece: Int32 = -1
    private static let unknownScore: Int64 = -10_000_000
    /// Tokens of this score or less are never used.
    private static let invalidScore: Int64 = -20_000_000

    package let vocabulary: Vocabulary
    private let trie: ByteTrie
    private let tokens: [TokenID]
    private let scores: ConstantBuffer<Int64>
    private let byteTokens: [TokenID]
    private let addedTokens: AddedTokenMatcher

    /// - Parameters:
    ///   - pieces: Tokens that text may become, with their scores.
    ///   - byteTokens: The token of each byte.
    init(
        vocabulary: Vocabulary, pieces: [(token: TokenID, score: Float)], byteTokens: [TokenID],
        addedTokens: AddedTokenMatcher
    ) {
        precondition(byteTokens.count == 256, "every byte has a token")
        let scored = pieces.compactMap { piece in Self.score(piece.score).map { (piece.token, $0) } }
        self.vocabulary = vocabulary
        tokens = scored.map(\.0)
        scores = ConstantBuffer(scored.map(\.1))
        trie = ByteTrie(tokens.map { vocabulary.bytes(of: $0) })
        self.byteTokens = byteTokens
        self.addedTokens = addedTokens
    }

    /// A score in ten-thousandths; nil if a token of it is never used.
    private static func score(_ score: Float) -> Int64? {
        guard score.isFinite, abs(score) < 1e9 else { return nil }
        let rounded = Int64((Double(score) * 1e4).rounded(.toNearestOrAwayFromZero))
        return rounded > invalidScore ? rounded : nil
    }

    package func encode(_ text: Span<UInt8>, specialsIn specials: [Range<Int>], into tokens: inout [TokenID]) {
        addedTokens.forEachPart(of: text, specialsIn: specials, into: &tokens) { view, part, tokens in
            precondition(part.count < Int32.max, "a text has less than 2^31 bytes")
            withUnsafeTemporaryAllocation(of: Best.self, capacity: part.count + 1) { best in
                findBest(view, part, best)
                appendBest(view, part, best, &tokens)
            }
        }
    }

    /// Finds for each character the best row from there to the end. O(text · longest token).
    private func findBest(_ text: TextView, _ part: Range<Int>, _ best: UnsafeMutableBufferPointer<Best>) {
        best.initialize(repeating: Best(cost: 0, end: 0, piece: Self.unknownPiece))
        var characterEnd = part.upperBound
        while characterEnd > part.lowerBound {
            let start = text.characterStart(before: characterEnd)
            let unknownCost = best[characterEnd - part.lowerBound].cost - Self.unknownScore
            var found = Best(
                cost: unknownCost, end: Int32(characterEnd - part.lowerBound), piece: Self.unknownPiece)
            var node = ByteTrie.root
            var end = start
            while end < part.upperBound {
                node = trie.child(of: node, text.bytes[end])
                if node == ByteTrie.root { break }
                end += 1
                let piece = trie.value(of: node)
                guard piece >= 0 else { continue }
                let cost = best[end - part.lowerBound].cost - scores.elements[Int(piece)]
                if cost <= found.cost { found = Best(cost: cost, end: Int32(end - part.lowerBound), piece: piece) }
            }
            best[start - part.lowerBound] = found
            characterEnd = start
        }
    }

    private func appendBest(
        _ text: TextView, _ part: Range<Int>, _ best: UnsafeMutableBufferPointer<Best>, _ result: inout [TokenID]
    ) {
        var position = 0
        while position < part.count {
            let end = Int(best[position].end)
            if best[position].piece != Self.unknownPiece {
                result.append(tokens[Int(best[position].piece)])
            } else {
                for at in position..<end { result.append(byteTokens[Int(text.bytes[part.lowerBound + at])]) }
            }
            position = end
        }
    }
}
