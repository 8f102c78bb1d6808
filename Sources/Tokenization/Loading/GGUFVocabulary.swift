package import GGUFFormat
import ServingModel

/// The tokenizer that a GGUF file describes.
package struct GGUFVocabulary {
    let metadata: GGUFMetadata
    let spellings: GGUFStringArray
    /// `tokenizer.ggml.model`.
    let model: String
    var kinds: [TokenKind]
    var specials = SpecialTokens()
    /// `tokenizer.ggml.pre`.
    let preTokenizerName: String

    /// Makes the tokenizer of a GGUF file.
    ///
    /// It knows every `tokenizer.ggml.model` and `tokenizer.ggml.pre` that llama.cpp loads, save for models that have
    /// no tokenizer ("none", "no_vocab") and the one that only llama.cpp's own tests have ("test").
    ///
    /// O(vocabulary): some tens of milliseconds for a hundred thousand tokens.
    package static func tokenizer(of metadata: GGUFMetadata) throws(TokenizationError) -> any Tokenizer {
        guard let model = metadata.string("tokenizer.ggml.model") else { throw .missing("'tokenizer.ggml.model'") }
        switch model {
        case "none", "no_vocab": throw .missing("a vocabulary: 'tokenizer.ggml.model' is '\(model)'")
        case "gpt2", "hybriddna", "whitespace", "llama", "gemma4", "bert", "t5", "rwkv", "plamo2": break
        default: throw .unsupported("the tokenizer model '\(model)'")
        }
        let vocabulary = try GGUFVocabulary(metadata, model: model)
        switch model {
        case "hybriddna": return try vocabulary.hybridDNATokenizer()
        case "whitespace": return try vocabulary.whitespaceTokenizer()
        case "llama": return try vocabulary.scoredTokenizer()
        case "bert": return try vocabulary.wordPieceTokenizer()
        case "t5": return try vocabulary.unigramTokenizer()
        case "rwkv": return vocabulary.longestMatchTokenizer()
        case "plamo2": return try vocabulary.plamoTokenizer()
        default: return try vocabulary.pairTokenizer(AddedTokenMatcher(vocabulary.addedTokens()))
        }
    }

    init(_ metadata: GGUFMetadata, model: String) throws(TokenizationError) {
        guard let spellings = metadata.strings("tokenizer.ggml.tokens") else {
            throw .missing("'tokenizer.ggml.tokens'")
        }
        self.metadata = metadata
        self.spellings = spellings
        self.model = model
        let name = model == "gemma4" ? model : metadata.string("tokenizer.ggml.pre") ?? ""
        self.preTokenizerName = name.isEmpty ? "default" : name
        if let types = metadata.integers("tokenizer.ggml.token_type") {
            guard types.count >= spellings.count else { throw .malformed("there are fewer token types than tokens") }
            kinds = types.prefix(spellings.count).map(Self.kind)
        } else {
            kinds = Array(repeating: .normal, count: spellings.count)
        }
        readSpecials()
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

    /// The score of each token; 0 where the file has none.
    func scores() throws(TokenizationError) -> [Float] {
        guard let scores = metadata.floats("tokenizer.ggml.scores") else {
            return Array(repeating: 0, count: spellings.count)
        }
        guard scores.count >= spellings.count else { throw .malformed("there are fewer scores than tokens") }
        guard scores.allSatisfy({ !$0.isNaN }) else { throw .malformed("a score is not a number") }
        return Array(scores.prefix(spellings.count))
    }

    /// The token that a file spells so. O(tokens).
    func token(spelled spelling: String) -> TokenID? {
        spellings.firstIndex { $0.elementsEqual(spelling.utf8) }.map { TokenID(Int32($0)) }
    }

    /// The tokens that are recognised before anything else.
    func addedTokens() -> [AddedToken] {
        // Phi-3's vocabularies do not say that white space behind their control tokens belongs to them.
        let stripsRight =
            metadata.string("general.name").map { name in
                ["phi-3", "phi3"].contains { name.lowercased().contains($0) }
            } ?? false
        let stripsLeft = strippingMask
        let exceptions = ["<unk>", "<s>", "<|endoftext|>"]
        return kinds.indices.compactMap { index in
            guard [.control, .userDefined, .unknown].contains(kinds[index]) else { return nil }
            let text = Array(spellings[index])
            return AddedToken(
                id: TokenID(Int32(index)), text: text, isControl: kinds[index] != .userDefined,
                stripsLeft: stripsLeft.map { $0.utf8.elementsEqual(text) } ?? false,
                stripsRight: stripsRight && !exceptions.contains { $0.utf8.elementsEqual(text) })
        }
    }
    /// The token that takes the white space before it along, which files do not say either.
    private var strippingMask: String? {
        let names = ["jina-v2-de", "jina-v2-es", "jina-v2-code"]
        if names.contains(preTokenizerName)
            || ["nomic-bert-moe", "jina-bert-v3"].contains(metadata.architecture ?? "")
        {
            return "<mask>"
        }
        return metadata.string("general.name")?.lowercased().contains("modern-bert") == true ? "[MASK]" : nil
    }
}
