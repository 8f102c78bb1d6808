import ServingModel

/// How the tokens of one word are found.
enum SubwordModel: Sendable {
    case pairs(CharacterPairModel)
    case unigram(UnigramModel)
    case wordPiece(WordPieceModel)
    case wordLevel(WordLevelModel)
    case scoredPairs(ScoredPairModel)

    @inline(__always)
    func encode(_ word: UnsafeBufferPointer<UInt8>, _ scratch: EncodingScratch, into tokens: inout [TokenID]) {
        switch self {
        case .pairs(let model): model.encode(word, scratch, into: &tokens)
        case .unigram(let model): model.encode(word, into: &tokens)
        case .wordPiece(let model): model.encode(word, into: &tokens)
        case .wordLevel(let model): model.encode(word, into: &tokens)
        case .scoredPairs(let model): model.encode(word, scratch, into: &tokens)
        }
    }
}
