import ServingModel

/// The unigram language model of SentencePiece: of all rows of pieces that make a text, the one of the highest sum of
/// scores.
///
/// A character that is no piece is unknown, at the cost of a low score; neighbouring unknowns are one. Where the
/// vocabulary has all bytes as tokens, they are spelt in these instead. It is the algorithm of SentencePiece's
/// `unigram::Model::EncodeOptimized`, sums in single precision, and of Hugging Face's `Unigram`, in double; both
/// take the longest piece of equal sums' rows last. Text is expected as the vocabulary spells it, spaces escaped.
final class UnigramModel: Sendable {
    /// A piece of text with its score, a logarithm of its probability.
    struct Piece {
        let text: [UInt8]
        let score: Double
        let token: TokenID
    }

    /// What becomes of characters that are no pieces.
    struct Unknown {
        /// Left out if nil.
        let token: TokenID?
        let score: Double
        /// The token of each byte, or none: then unknown text is `token`.
        var byteTokens: [TokenID] = []
        /// Whether neighbouring unknown characters are one token.
        var isFused = true

        /// By how much an unknown character's score is below the lowest of all pieces, to SentencePiece and others.
        static let penalty = 10.0
    }

    private struct Best: BitwiseCopyable {
        var score: Double
        /// Where the last piece of the best row begins.
        var start: Int32
        /// The index of that piece, or `unknownPiece`.
        var piece: Int32
    }

    private static let unknownPiece: Int32 = -1

    private let trie: ByteTrie
    private let scores: ConstantBuffer<Double>
    private let tokens: [TokenID]
    private let unknown: Unknown
    private let precision: Precision

    /// How sums are kept, by which rows of nearly the same sum are told apart.
    enum Precision {
        case single
        case double
    }

    /// Of pieces of the same text the last counts.
    init(_ pieces: [Piece], unknown: Unknown, precision: Precision = .double) {
        precondition(unknown.byteTokens.isEmpty || unknown.byteTokens.count == 256, "all bytes have tokens, or none")
        trie = ByteTrie(pieces.map(\.text))
        scores = ConstantBuffer(pieces.map(\.score))
        tokens = pieces.map(\.token)
        self.unknown = unknown
        self.precision = precision
    }

    /// A sum as it is kept.
    @inline(__always)
    private func kept(_ sum: Double) -> Double { precision == .single ? Double(Float(sum)) : sum }

    /// Appends the tokens of a text. O(text · longest piece).
    func encode(_ text: UnsafeBufferPointer<UInt8>, into tokens: inout [TokenID]) {
        guard !text.isEmpty else { return }
        precondition(text.count < Int32.max, "a text has less than 2^31 bytes")
        withUnsafeTemporaryAllocation(of: Best.self, capacity: text.count + 1) { best in
            best.initialize(repeating: Best(score: -.infinity, start: -1, piece: Self.unknownPiece))
            best[0].score = 0
            findBest(text, best)
            appendBest(text, best, &tokens)
        }
    }

    private func findBest(_ text: UnsafeBufferPointer<UInt8>, _ best: UnsafeMutableBufferPointer<Best>) {
        var position = 0
        while position < text.count {
            let sum = best[position].score
            let characterEnd = min(position + Self.characterLength(text[position]), text.count)
            var isKnown = false
            var node = ByteTrie.root
            var end = position
            while end < text.count {
                node = trie.child(of: node, text[end])
                if node == ByteTrie.root { break }
                end += 1
                let piece = trie.value(of: node)
                guard piece >= 0 else { continue }
                if end == characterEnd { isKnown = true }
                let score = kept(sum + scores.elements[Int(piece)])
                if best[end].start < 0 || score > best[end].score {
                    best[end] = Best(score: score, start: Int32(position), piece: piece)
                }
            }
            let score = kept(sum + unknown.score)
            if !isKnown, best[characterEnd].start < 0 || score > best[characterEnd].score {
                best[characterEnd] = Best(score: score, start: Int32(position), piece: Self.unknownPiece)
            }
            position = characterEnd
        }
    }

    private func appendBest(
        _ text: UnsafeBufferPointer<UInt8>, _ best: UnsafeMutableBufferPointer<Best>, _ result: inout [TokenID]
    ) {
        let first = result.count
        var end = text.count
        // From the end on, so that all of it is in reverse at first.
        while end > 0 {
            let start = Int(best[end].start)
            let piece = best[end].piece
            if piece != Self.unknownPiece {
                result.append(tokens[Int(piece)])
            } else if !unknown.byteTokens.isEmpty {
                for at in stride(from: end - 1, through: start, by: -1) {
                    result.append(unknown.byteTokens[Int(text[at])])
                }
            } else if let token = unknown.token {
                let continues = unknown.isFused && start > 0 && best[start].piece == Self.unknownPiece
                if !continues { result.append(token) }
            }
            end = start
        }
        result[first...].reverse()
    }

    /// The bytes of the character that a byte begins, 1 for bytes that begin none.
    @inline(__always)
    private static func characterLength(_ first: UInt8) -> Int {
        switch first {
        case 0xC0..<0xE0: 2
        case 0xE0..<0xF0: 3
        case 0xF0...: 4
        default: 1
        }
    }
}
