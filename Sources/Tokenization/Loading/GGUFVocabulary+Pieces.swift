import GGUFFormat
import ServingModel

extension GGUFVocabulary {
    /// The tokenizer of a "t5" vocabulary.
    ///
    /// Where the vocabulary has a token for every byte, unknown characters are spelt in them, as SentencePiece does;
    /// llama.cpp makes them the unknown token.
    func unigramTokenizer() throws(TokenizationError) -> UnigramTokenizer {
        let pieces = spellings.map { Array($0) }
        let scores = try scores()
        let (texts, byteTokens) = try PieceSpelling.texts(pieces, kinds)
        let lowest = kinds.indices.lazy.filter { kinds[$0] == .normal }.map { Double(scores[$0]) }.min() ?? 0
        let model = UnigramModel(
            pieces.indices.compactMap { index in
                guard [.normal, .userDefined].contains(kinds[index]) else { return nil }
                return .init(
                    text: pieces[index], score: kinds[index] == .normal ? Double(scores[index]) : 0,
                    token: TokenID(Int32(index)))
            },
            unknown: .init(
                token: specials.unknown, score: lowest - UnigramModel.Unknown.penalty,
                byteTokens: byteTokens.contains(-1) ? [] : byteTokens.map { TokenID($0) }))
        var normalizer = SentencePieceNormalizer()
        normalizer.addsSpace = metadata.bool("tokenizer.ggml.add_space_prefix") ?? false
        normalizer.removesExtraSpaces = metadata.bool("tokenizer.ggml.remove_extra_whitespaces") ?? false
        if let map = metadata.integers("tokenizer.ggml.precompiled_charsmap") {
            normalizer.characterMap = try PrecompiledCharacterMap(map.map { UInt8(truncatingIfNeeded: $0) })
        }
        return UnigramTokenizer(
            vocabulary: Vocabulary(
                texts: texts, kinds: kinds, specials: specials,
                decoding: .afterSpace(normalizer.addsSpace)),
            normalizer: normalizer, model: model, addedTokens: AddedTokenMatcher(addedTokens()))
    }

    /// The tokenizer of a "bert" vocabulary, in which pieces that begin a word have U+2581 before them.
    ///
    /// Words of more than a hundred characters are unknown, as to BERT; llama.cpp knows no such limit.
    func wordPieceTokenizer() throws(TokenizationError) -> WordPieceTokenizer {
        var texts: [[UInt8]] = []
        texts.reserveCapacity(spellings.count)
        var starts: [WordPieceModel.Piece] = []
        var continuations: [WordPieceModel.Piece] = []
        for (index, spelling) in spellings.enumerated() {
            let piece = Array(spelling)
            let token = TokenID(Int32(index))
            guard ![.control, .unknown].contains(kinds[index]) else {
                texts.append(piece)
                continue
            }
            if let start = PieceSpelling.behindSpace(piece) {
                starts.append(.init(text: start, token: token))
                // The decoder of BERT's tokenizers puts no space before these.
                let isAttached = [".", "?", "!", ","].contains { $0.utf8.elementsEqual(start) }
                texts.append(isAttached ? start : [0x20] + start)
            } else {
                continuations.append(.init(text: piece, token: token))
                texts.append(piece)
            }
        }
        var normalizer = BertNormalizer()
        normalizer.makesLowercase = metadata.bool("tokenizer.ggml.normalizer.lowercase") ?? true
        normalizer.stripsAccents =
            metadata.bool("tokenizer.ggml.normalizer.strip_accents") ?? normalizer.makesLowercase
        return WordPieceTokenizer(
            vocabulary: Vocabulary(texts: texts, kinds: kinds, specials: specials, decoding: .afterSpace(true)),
            normalizer: normalizer,
            model: WordPieceModel(starts: starts, continuations: continuations, unknown: specials.unknown),
            addedTokens: AddedTokenMatcher(addedTokens()))
    }

    /// The tokenizer of a "rwkv" vocabulary, in which tokens are spelt as Python writes bytes.
    ///
    /// Text never becomes a control token or an unused one; to llama.cpp these are tokens as all others.
    func longestMatchTokenizer() -> LongestMatchTokenizer {
        let texts = spellings.indices.map { index in
            kinds[index] == .control ? Array(spellings[index]) : Self.unescapedBytes(spellings[index])
        }
        let tokens = kinds.indices.filter { [.normal, .userDefined, .byte].contains(kinds[$0]) }
        return LongestMatchTokenizer(
            vocabulary: Vocabulary(texts: texts, kinds: kinds, specials: specials),
            tokens: tokens.map { TokenID(Int32($0)) }, addedTokens: AddedTokenMatcher(addedTokens()))
    }

    /// The bytes that an escaped spelling stands for: `\t`, `\n`, `\r`, `\xFF`; any other character behind a
    /// backslash is itself.
    private static func unescapedBytes(_ spelling: some Collection<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var rest = spelling[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
                if byte != UInt8(ascii: "\\") { result.append(byte) }
                continue
            }
            switch escape {
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "x"):
                let digits = String(decoding: rest.prefix(2), as: UTF8.self)
                rest = rest.dropFirst(2)
                if let value = UInt8(digits, radix: 16) { result.append(value) }
            default: result.append(escape)
            }
        }
        return result
    }

    /// The tokenizer of a "plamo2" vocabulary.
    func plamoTokenizer() throws(TokenizationError) -> PlamoTokenizer {
        let scores = try scores()
        var (texts, byteTokens) = try PieceSpelling.texts(spellings.map { Array($0) }, kinds)
        // Spaces are spaces to this one.
        for index in kinds.indices where kinds[index] == .normal { texts[index] = Array(spellings[index]) }
        guard let missing = byteTokens.firstIndex(of: -1) else {
            let pieces = kinds.indices.filter { [.normal, .userDefined].contains(kinds[$0]) }
            return PlamoTokenizer(
                vocabulary: Vocabulary(texts: texts, kinds: kinds, specials: specials),
                pieces: pieces.map { (TokenID(Int32($0)), scores[$0]) }, byteTokens: byteTokens.map { TokenID($0) },
                addedTokens: AddedTokenMatcher(addedTokens()))
        }
        throw .malformed("the byte \(missing) is no token")
    }
}
