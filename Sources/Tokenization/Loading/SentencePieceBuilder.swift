import ServingModel

/// Makes the tables of a SentencePiece tokenizer from its pieces.
struct SentencePieceBuilder {
    /// What a tokenizer is made of.
    struct Parts {
        let vocabulary: Vocabulary
        let symbols: CharacterSymbols
        let merges: MergeTable
        let characters: [[UInt8]]
        let byteTokens: [Int32]
        let newlineTokens: [Int32]
    }

    private let pieces: [[UInt8]]
    private let kinds: [TokenKind]
    private var spellings: SpellingTable
    /// The symbol of each character of a piece, and the characters that are no pieces.
    private var symbols: [UInt32: Int32] = [:]
    private var characters: [[UInt8]] = []
    /// Whether no piece has a space behind another character.
    private(set) var cutsBeforeSpaces = true

    init(_ pieces: [[UInt8]], _ kinds: [TokenKind]) {
        self.pieces = pieces
        self.kinds = kinds
        spellings = SpellingTable(capacity: pieces.count)
        for index in pieces.indices where Self.isText(kinds[index]) {
            _ = spellings.insert(pieces[index], token: Int32(index))
        }
        for index in pieces.indices where Self.isText(kinds[index]) { addCharacters(of: pieces[index]) }
    }

    private static func isText(_ kind: TokenKind) -> Bool { kind == .normal || kind == .userDefined }

    private mutating func addCharacters(of piece: [UInt8]) {
        var isBehindText = false
        for scalar in String(decoding: piece, as: UTF8.self).unicodeScalars {
            let isSpace = scalar.value == 0x2581
            if isSpace, isBehindText { cutsBeforeSpaces = false }
            isBehindText = !isSpace
            guard symbols[scalar.value] == nil else { continue }
            let character = Array(String(scalar).utf8)
            if let token = spellings[character] {
                symbols[scalar.value] = token
            } else {
                symbols[scalar.value] = Int32(pieces.count + characters.count)
                characters.append(character)
            }
        }
    }

    /// The merges that make a piece of any two symbols, the pieces of higher scores first.
    func merges(scores: [Float]) -> MergeTable {
        let ranks = Self.ranks(scores)
        let table = MergeTable(
            capacity: pieces.indices.reduce(0) { Self.isText(kinds[$1]) ? $0 + pieces[$1].count : $0 })
        for index in pieces.indices where Self.isText(kinds[index]) {
            let piece = pieces[index]
            for cut in piece.indices.dropFirst() where piece[cut] & 0xC0 != 0x80 {
                if let left = symbol(piece[..<cut]), let right = symbol(piece[cut...]) {
                    _ = table.insert(left, right, rank: ranks[index], result: Int32(index))
                }
            }
        }
        return table
    }

    /// The merges that a file lists.
    func mergeList(capacity: Int) -> MergeList { MergeList(spellings, capacity: capacity) }

    /// What merging needs to know.
    func symbols(merges: MergeTable) -> ScoredPairModel.Symbols {
        ScoredPairModel.Symbols(symbols: CharacterSymbols(symbols), merges: merges, characters: characters)
    }

    func parts(merges: MergeTable, specials: SpecialTokens, addsSpacePrefix: Bool) throws(TokenizationError) -> Parts {
        let (texts, byteTokens) = try PieceSpelling.texts(pieces, kinds)
        let newlines = (0...64).map { spellings[repeatElement(0x0A, count: $0)] ?? -1 }
        return Parts(
            vocabulary: Vocabulary(
                texts: texts, kinds: kinds, specials: specials, decoding: .afterSpace(addsSpacePrefix)),
            symbols: CharacterSymbols(symbols), merges: merges, characters: characters, byteTokens: byteTokens,
            newlineTokens: newlines)
    }

    private func symbol(_ spelling: ArraySlice<UInt8>) -> Int32? {
        if let token = spellings[spelling] { return token }
        guard spelling.count <= 4 else { return nil }
        let scalars = String(decoding: spelling, as: UTF8.self).unicodeScalars
        guard let scalar = scalars.first, scalars.count == 1 else { return nil }
        return symbols[scalar.value]
    }

    /// For each piece how many scores are higher than its own; equal scores are equal ranks.
    private static func ranks(_ scores: [Float]) -> [Int] {
        var ranks = [Int](repeating: 0, count: scores.count)
        var rank = -1
        var last = Float.nan
        for index in scores.indices.sorted(by: { scores[$0] > scores[$1] }) {
            if scores[index] != last { rank += 1 }
            last = scores[index]
            ranks[index] = rank
        }
        return ranks
    }
}
