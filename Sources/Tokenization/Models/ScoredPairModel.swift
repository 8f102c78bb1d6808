import ServingModel

/// SentencePiece's byte-pair encoding: neighbouring symbols that make a piece are merged, the piece of the highest
/// score first.
///
/// It is `bpe::Model::SampleEncode` without sampling. A user-defined piece stands for itself and merges with nothing.
/// Characters of no piece are spelt in bytes where the vocabulary has them, and else unknown, neighbours as one.
final class ScoredPairModel: Sendable {
    /// What merging needs to know; see `SentencePieceBuilder`.
    struct Symbols {
        let symbols: CharacterSymbols
        let merges: MergeTable
        /// The characters, as UTF-8, of the symbols that are no pieces; these are numbered from the last piece on.
        let characters: [[UInt8]]
    }

    private let symbols: Symbols
    private let count: Int
    private let userDefined: ByteTrie?
    private let userDefinedTokens: [TokenID]
    /// The token of each byte, or -1; empty if unknown characters are not spelt in bytes.
    private let byteTokens: [Int32]
    private let unknown: TokenID?
    private let cutsBeforeSpaces: Bool

    /// - Parameter count: Pieces that there are.
    init(
        _ symbols: Symbols, count: Int, userDefined: [(text: [UInt8], token: TokenID)], byteTokens: [Int32],
        unknown: TokenID?, cutsBeforeSpaces: Bool
    ) {
        self.symbols = symbols
        self.count = count
        self.userDefined = userDefined.isEmpty ? nil : ByteTrie(userDefined.map(\.text))
        userDefinedTokens = userDefined.map(\.token)
        self.byteTokens = byteTokens
        self.unknown = unknown
        self.cutsBeforeSpaces = cutsBeforeSpaces
    }

    /// Appends the tokens of a normalized text. O(n log n) in the length of its longest word.
    func encode(_ text: UnsafeBufferPointer<UInt8>, _ scratch: EncodingScratch, into tokens: inout [TokenID]) {
        guard let base = text.baseAddress, !text.isEmpty else { return }
        let view = TextView(text, base)
        var waiting = 0
        var isUnknown = false
        var isBehindSpace = true
        var position = 0
        scratch.merger.reserve(min(text.count, Self.batch))
        while position < text.count {
            if let piece = userDefined?.longestMatch(text, from: position) {
                flush(&waiting, &isUnknown, scratch, &tokens)
                tokens.append(userDefinedTokens[Int(piece.value)])
                isUnknown = false
                position = piece.end
                continue
            }
            let character = view.character(at: position, limit: text.count)
            let isSpace = character.scalar == 0x2581
            if cutsBeforeSpaces, isSpace, !isBehindSpace { flush(&waiting, &isUnknown, scratch, &tokens) }
            isBehindSpace = isSpace
            let symbol = symbols.symbols[character.scalar]
            if symbol >= 0 {
                append(symbol, &waiting, text.count, scratch)
            } else {
                flush(&waiting, &isUnknown, scratch, &tokens)
                appendUnknown(text[position..<position + character.length], &isUnknown, &tokens)
            }
            position += character.length
        }
        flush(&waiting, &isUnknown, scratch, &tokens)
    }

    /// Symbols for which there is room at first.
    private static let batch = 256

    @inline(__always)
    private func append(_ symbol: Int32, _ waiting: inout Int, _ limit: Int, _ scratch: EncodingScratch) {
        if waiting >= Self.batch, waiting & (waiting - 1) == 0 {
            // Words this long are rare: what is there is kept while the room grows.
            let kept = (0..<waiting).map { scratch.merger.symbols[$0] }
            scratch.merger.reserve(min(2 * waiting, limit))
            for (at, symbol) in kept.enumerated() { scratch.merger.symbols[at] = symbol }
        }
        scratch.merger.symbols[waiting] = symbol
        waiting += 1
    }

    /// Merges the symbols that wait and appends their tokens.
    @inline(__always)
    private func flush(
        _ waiting: inout Int, _ isUnknown: inout Bool, _ scratch: EncodingScratch, _ tokens: inout [TokenID]
    ) {
        guard waiting > 0 else { return }
        for at in 0..<scratch.merger.merge(waiting, with: symbols.merges) {
            let symbol = scratch.merger.symbols[at]
            if Int(symbol) < count {
                tokens.append(TokenID(symbol))
                isUnknown = false
            } else {
                appendUnknown(symbols.characters[Int(symbol) - count], &isUnknown, &tokens)
            }
        }
        waiting = 0
    }

    private func appendUnknown(_ bytes: some Collection<UInt8>, _ isUnknown: inout Bool, _ tokens: inout [TokenID]) {
        if !byteTokens.isEmpty {
            for byte in bytes where byteTokens[Int(byte)] >= 0 { tokens.append(TokenID(byteTokens[Int(byte)])) }
        } else if !isUnknown, let unknown {
            tokens.append(unknown)
            isUnknown = true
        }
    }
}
