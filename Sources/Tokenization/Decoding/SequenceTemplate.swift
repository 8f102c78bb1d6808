package import ServingModel

/// The special tokens that a model expects around a text, or around two: the post-processor of `tokenizer.json`.
package struct SequenceTemplate: Sendable, Equatable {
    /// A piece of the whole, with the number that tells a model which of two texts it belongs to.
    enum Piece: Sendable, Equatable {
        case tokens([TokenID], type: Int32)
        case first(type: Int32)
        case second(type: Int32)
    }

    /// A sequence for a model.
    package struct Sequence: Sendable, Equatable {
        package var tokens: [TokenID] = []
        /// As many as tokens.
        package var types: [Int32] = []
    }

    let single: [Piece]
    let pair: [Piece]

    init(single: [Piece], pair: [Piece]) {
        self.single = single
        self.pair = pair
    }

    /// The tokens that `specials` says a text is expected between; of two texts, each by itself.
    init(_ specials: SpecialTokens) {
        let start = specials.addsBeginningOfSequence ? specials.beginningOfSequence.map { [$0] } ?? [] : []
        let end = specials.addsEndOfSequence ? specials.endOfSequence.map { [$0] } ?? [] : []
        single = [.tokens(start, type: 0), .first(type: 0), .tokens(end, type: 0)]
        pair = single + [.tokens(start, type: 1), .second(type: 1), .tokens(end, type: 1)]
    }

    /// A text, or two, with the special tokens around them.
    package func sequence(_ first: [TokenID], _ second: [TokenID]? = nil) -> Sequence {
        var sequence = Sequence()
        for piece in second == nil ? single : pair {
            switch piece {
            case .tokens(let tokens, let type): sequence.append(tokens, type)
            case .first(let type): sequence.append(first, type)
            case .second(let type): sequence.append(second ?? [], type)
            }
        }
        return sequence
    }
}

extension SequenceTemplate.Sequence {
    fileprivate mutating func append(_ tokens: [TokenID], _ type: Int32) {
        self.tokens += tokens
        types += repeatElement(type, count: tokens.count)
    }
}
