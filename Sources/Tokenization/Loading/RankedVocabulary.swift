import ServingModel

/// Tokens in the order in which tiktoken merges to them, being made into a tokenizer.
///
/// tiktoken merges any two neighbours whose bytes together are a token, the lowest rank first. Before a token is made
/// that way only tokens of lower ranks were made of its bytes, so there is one pair for each token: what these leave of
/// it. A word that is a token becomes it at once.
struct RankedVocabulary: ~Copyable {
    private var texts: [[UInt8]]
    private var kinds: [TokenKind]
    private var byteTokens = [Int32](repeating: -1, count: 256)
    private var wordTokens: [TokenID] = []
    private let merges: MergeTable
    private var merger = PairMerger()
    private var added: [AddedToken] = []

    /// - Parameter count: Tokens that there will be.
    init(count: Int, ranks: Int) {
        texts = Array(repeating: [], count: count)
        kinds = Array(repeating: .unused, count: count)
        merges = MergeTable(capacity: ranks)
    }

    /// Adds a token whose rank is higher than those of all before it.
    mutating func append(_ text: [UInt8], _ token: Int) throws(TokenizationError) {
        guard texts.indices.contains(token), kinds[token] == .unused, !text.isEmpty else {
            throw .malformed("token \(token) is there twice, is empty or is too high")
        }
        texts[token] = text
        kinds[token] = .normal
        wordTokens.append(TokenID(Int32(token)))
        guard text.count > 1 else {
            byteTokens[Int(text[0])] = Int32(token)
            return
        }
        merger.reserve(text.count)
        for (at, byte) in text.enumerated() {
            guard byteTokens[Int(byte)] >= 0 else { return }
            merger.symbols[at] = byteTokens[Int(byte)]
        }
        // Three and more are left of tokens that only a whole word becomes.
        guard merger.merge(text.count, with: merges) == 2 else { return }
        _ = merges.insert(merger.symbols[0], merger.symbols[1], rank: token, result: Int32(token))
    }

    /// Adds a special token; one that has the number already is replaced.
    mutating func append(special token: AddedToken) throws(TokenizationError) {
        let id = Int(token.id.rawValue)
        guard texts.indices.contains(id), kinds[id] != .normal else {
            throw .malformed("the special token \(id) has the number of another")
        }
        added.removeAll { $0.id == token.id }
        added.append(token)
        texts[id] = token.text
        kinds[id] = token.isControl ? .control : .userDefined
    }

    /// The special token of a name.
    func token(_ name: String) -> TokenID? { added.first { $0.text.elementsEqual(name.utf8) }?.id }

    /// - Parameter specials: Completed with the tokens that are known by their names.
    consuming func tokenizer(
        _ preTokenizer: PreTokenizer, composes: Bool, specials: SpecialTokens
    ) throws(TokenizationError) -> ByteLevelTokenizer {
        var specials = specials
        var named: [String: TokenID] = [:]
        for token in added {
            let name = String(decoding: token.text, as: UTF8.self)
            if SpecialTokenNames.all.contains(name) { named[name] = token.id }
        }
        for token in SpecialTokenNames.complete(&specials, with: named) { kinds[Int(token.rawValue)] = .control }
        for index in added.indices { added[index].isControl = kinds[Int(added[index].id.rawValue)] == .control }
        return try ByteLevelTokenizer(
            vocabulary: Vocabulary(texts: texts, kinds: kinds, specials: specials), composes: composes,
            preTokenizer: preTokenizer, characters: .newer, merges: merges, byteTokens: byteTokens,
            wordTokens: wordTokens, ignoresMerges: true, addedTokens: AddedTokenMatcher(added))
    }
}
