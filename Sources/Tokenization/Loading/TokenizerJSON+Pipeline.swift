import JSONBytes
import ServingModel

extension TokenizerJSON {
    /// The tokenizer that does the file's steps one after the other.
    func pipelineTokenizer(_ configuration: TokenizerConfiguration) throws(TokenizationError) -> PipelineTokenizer {
        var (spellings, kinds) = try tokens()
        let chain = try Self.decoder(decoder)
        let normalizer = try Self.normalizer(normalizer)
        // The reference shows added tokens as it finds them.
        if let normalizer {
            for added in addedTokens where added.isNormalized {
                spellings[Int(added.token.id.rawValue)] = normalizer.normalized(added.token.text)
            }
        }
        let (specials, template) = try specials(configuration, &kinds)
        var texts = spellings
        var firstTexts: [TokenID: [UInt8]] = [:]
        for id in spellings.indices where kinds[id] != .control && kinds[id] != .unused {
            let (text, isByte) = chain.text(of: spellings[id], isFirst: false)
            let first = chain.text(of: spellings[id], isFirst: true).bytes
            texts[id] = text
            if first != text { firstTexts[TokenID(Int32(id))] = first }
            if isByte, kinds[id] == .normal { kinds[id] = .byte }
        }
        let steps = PipelineTokenizer.Steps(
            normalizer: normalizer, splits: try Self.splits(preTokenizer),
            model: try subwordModel(kinds))
        let isNormalized = { (entry: AddedTokenEntry) in entry.isNormalized && normalizer != nil }
        return PipelineTokenizer(
            vocabulary: Vocabulary(
                texts: texts, firstTexts: firstTexts, kinds: kinds, specials: specials, decoding: chain.decoding,
                template: template),
            steps: steps, addedTokens: addedTokens(kinds) { !isNormalized($0) },
            normalizedTokens: addedTokens(kinds, where: isNormalized))
    }

    private func subwordModel(_ kinds: [TokenKind]) throws(TokenizationError) -> SubwordModel {
        // No text becomes a control token by being a word.
        let pieces = model.vocabulary.filter { kinds[$0.id] != .control }
        switch model.kind {
        case "BPE": return .pairs(try pairModel(pieces))
        case "Unigram": return .unigram(try unigramModel(pieces))
        case "WordPiece":
            let prefix = model.bytes("continuing_subword_prefix")
            return .wordPiece(
                WordPieceModel(
                    starts: pieces.map { .init(text: $0.spelling, token: TokenID(Int32($0.id))) },
                    continuations: pieces.compactMap { piece in
                        guard piece.spelling.starts(with: prefix) else { return nil }
                        return .init(
                            text: Array(piece.spelling.dropFirst(prefix.count)), token: TokenID(Int32(piece.id)))
                    },
                    unknown: try unknownToken(),
                    characterLimit: model.integer("max_input_chars_per_word") ?? WordPieceModel.usualCharacterLimit))
        case "WordLevel":
            return .wordLevel(WordLevelModel(spellings: try spellings(pieces), unknown: try unknownToken()))
        case let name: throw .unsupported("the model '\(name)'")
        }
    }

    private func pairModel(_ pieces: [(spelling: [UInt8], id: Int)]) throws(TokenizationError) -> CharacterPairModel {
        try model.refuseDropout()
        let all = try spellings(model.vocabulary)
        var rules = CharacterPairModel.Rules()
        rules.continuationPrefix = model.bytes("continuing_subword_prefix")
        rules.wordSuffix = model.bytes("end_of_word_suffix")
        rules.unknown = try unknownToken()
        rules.fusesUnknown = model.bool("fuse_unk")
        rules.ignoresMerges = model.ignoresMerges
        if model.bool("byte_fallback") { rules.byteTokens = Self.byteTokens(all) }
        let isPlain = rules.continuationPrefix.isEmpty && rules.wordSuffix.isEmpty
        if isPlain, all[PieceSpelling.space] != nil {
            var bytes = [Bool](repeating: false, count: 256)
            for piece in pieces { PieceSpelling.markBytesBeforeSpaces(piece.spelling, &bytes) }
            rules.bytesBeforeMarks = bytes
        }
        var merges = MergeList(all, prefix: rules.continuationPrefix, capacity: model.merges.count)
        try merges.append(contentsOf: model.merges)
        return CharacterPairModel(
            pieces.map { ($0.spelling, Int32($0.id)) }, try spellings(pieces), merges: merges.table, rules: rules)
    }

    private func unigramModel(_ pieces: [(spelling: [UInt8], id: Int)]) throws(TokenizationError) -> UnigramModel {
        guard model.scores.count == model.vocabulary.count, let lowest = model.scores.min() else {
            throw .malformed("the model 'Unigram' has no scores")
        }
        var unknown = UnigramModel.Unknown(
            token: model.integer("unk_id").flatMap { Int32(exactly: $0) }.map { TokenID($0) },
            score: lowest - UnigramModel.Unknown.penalty)
        if model.bool("byte_fallback") {
            let tokens = Self.byteTokens(try spellings(model.vocabulary))
            // Bytes that UTF-8 has none of need no token.
            unknown.byteTokens = tokens.map { TokenID($0 < 0 ? unknown.token?.rawValue ?? 0 : $0) }
            let missing = (0...0xF4).contains { tokens[$0] < 0 && $0 != 0xC0 && $0 != 0xC1 }
            guard !missing else { throw .unsupported("'byte_fallback' without a token for each byte") }
        }
        return UnigramModel(
            pieces.map { piece in
                .init(text: piece.spelling, score: model.scores[piece.id], token: TokenID(Int32(piece.id)))
            }, unknown: unknown)
    }

    private func spellings(_ pieces: [(spelling: [UInt8], id: Int)]) throws(TokenizationError) -> SpellingTable {
        var spellings = SpellingTable(capacity: pieces.count)
        for (spelling, id) in pieces { _ = spellings.insert(spelling, token: Int32(id)) }
        return spellings
    }

    /// The token of each byte, or -1.
    private static func byteTokens(_ spellings: SpellingTable) -> [Int32] {
        (0..<256).map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return spellings[Array("<0x\(byte < 16 ? "0" : "")\(digits)>".utf8)] ?? -1
        }
    }

    private func unknownToken() throws(TokenizationError) -> TokenID? {
        let name = model.bytes("unk_token")
        guard !name.isEmpty else { return nil }
        let added = addedTokens.first { $0.token.text == name }?.token.id
        // Some files name one that they do not have; it matters only where a character is missing.
        return model.token(name).map { TokenID(Int32($0)) } ?? added
    }
}
