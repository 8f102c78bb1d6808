package import GGUFFormat
import ServingModel

/// The tokenizer that a GGUF file describes.
package struct GGUFVocabulary {
    let metadata: GGUFMetadata
    let spellings: GGUFStringArray
    var kinds: [TokenKind]
    var specials = SpecialTokens()
    /// `tokenizer.ggml.pre`.
    let preTokenizerName: String

    /// Makes the tokenizer of a GGUF file.
    ///
    /// O(vocabulary): some tens of milliseconds for a hundred thousand tokens.
    package static func tokenizer(of metadata: GGUFMetadata) throws(TokenizationError) -> any Tokenizer {
        guard let model = metadata.string("tokenizer.ggml.model") else { throw .missing("'tokenizer.ggml.model'") }
        let vocabulary = try GGUFVocabulary(metadata, isSentencePiece: model == "llama")
        switch model {
        case "gpt2": return try vocabulary.byteLevelTokenizer()
        case "llama": return try vocabulary.scoredTokenizer()
        case "gemma4": return try vocabulary.listedTokenizer()
        default: throw .unsupported("the tokenizer model '\(model)'")
        }
    }

    private init(_ metadata: GGUFMetadata, isSentencePiece: Bool) throws(TokenizationError) {
        guard let spellings = metadata.strings("tokenizer.ggml.tokens") else {
            throw .missing("'tokenizer.ggml.tokens'")
        }
        self.metadata = metadata
        self.spellings = spellings
        self.preTokenizerName = metadata.string("tokenizer.ggml.pre") ?? "default"
        if let types = metadata.integers("tokenizer.ggml.token_type") {
            guard types.count >= spellings.count else { throw .malformed("there are fewer token types than tokens") }
            kinds = types.prefix(spellings.count).map(Self.kind)
        } else {
            kinds = Array(repeating: .normal, count: spellings.count)
        }
        readSpecials(isSentencePiece: isSentencePiece)
    }

    /// The numbers are those of the GGUF specification.
    private static func kind(_ type: Int) -> TokenKind {
        switch type {
        case 1: .normal
        case 2: .unknown
        case 3: .control
        case 4: .userDefined
        case 6: .byte
        default: .unused
        }
    }

    func byteLevelTokenizer() throws(TokenizationError) -> ByteLevelTokenizer {
        guard let preTokenizer = PreTokenizer(ggufName: preTokenizerName) else {
            throw .unsupported("the pre-tokenizer '\(preTokenizerName)'")
        }
        guard let lines = metadata.strings("tokenizer.ggml.merges") else { throw .missing("'tokenizer.ggml.merges'") }
        var table = SpellingTable(capacity: spellings.count)
        var texts: [[UInt8]] = []
        texts.reserveCapacity(spellings.count)
        var builder = ByteLevelBuilder()
        for (index, spelling) in spellings.enumerated() {
            guard table.insert(spelling, token: Int32(index)) else { throw .malformed("token \(index) is there twice") }
            texts.append(builder.text(of: TokenID(Int32(index)), spelling, kinds[index]))
        }
        var merges = MergeList(table, capacity: lines.count)
        for line in lines { try merges.append(line) }
        return ByteLevelTokenizer(
            vocabulary: Vocabulary(texts: texts, kinds: kinds, specials: specials), preTokenizer: preTokenizer,
            merges: merges.table, byteTokens: builder.byteTokens, wordTokens: builder.wordTokens,
            ignoresMerges: PreTokenizer.ignoresMerges(ggufName: preTokenizerName),
            addedTokens: AddedTokenMatcher(addedTokens()))
    }

    /// The tokens that are recognised before anything else.
    func addedTokens() -> [AddedToken] {
        // Phi-3's vocabularies do not say that white space behind their control tokens belongs to them.
        let stripsRight =
            metadata.string("general.name").map { name in
                ["phi-3", "phi3"].contains { name.lowercased().contains($0) }
            } ?? false
        let exceptions = ["<unk>", "<s>", "<|endoftext|>"]
        return kinds.indices.compactMap { index in
            guard [.control, .userDefined, .unknown].contains(kinds[index]) else { return nil }
            let text = Array(spellings[index])
            return AddedToken(
                id: TokenID(Int32(index)), text: text, isControl: kinds[index] != .userDefined,
                stripsRight: stripsRight && !exceptions.contains { $0.utf8.elementsEqual(text) })
        }
    }
}
