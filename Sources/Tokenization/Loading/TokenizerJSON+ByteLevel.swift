import JSONBytes
import ServingModel

extension TokenizerJSON {
    /// The scanner of a file that `ByteLevelTokenizer` does; nil if something in it has to be done otherwise.
    func byteLevelScanner() throws(TokenizationError) -> PreTokenizer? {
        guard model.kind == "BPE", model.bytes("continuing_subword_prefix").isEmpty,
            model.bytes("end_of_word_suffix").isEmpty, try composes() != nil
        else { return nil }
        // Without a decoder the reference puts spaces between tokens, which nobody wants of bytes.
        let decoders = try TokenizerPart.list(decoder, sequence: "decoders").map(\.type)
        guard decoders.isEmpty || decoders == ["ByteLevel"] else { return nil }
        return try Self.wordScanner(preTokenizer)
    }

    /// Whether text is brought into form C first; nil if other things are done to it, or if added tokens are looked for
    /// only then.
    private func composes() throws(TokenizationError) -> Bool? {
        let parts = try TokenizerPart.list(normalizer, sequence: "normalizers")
        guard parts.allSatisfy({ $0.type == "NFC" }) else { return nil }
        guard parts.isEmpty || !addedTokens.contains(where: \.isNormalized) else { return nil }
        return !parts.isEmpty
    }

    func byteLevelTokenizer(_ scanner: PreTokenizer, _ configuration: TokenizerConfiguration) throws -> any Tokenizer {
        try model.refuseDropout()
        var (texts, kinds) = try tokens()
        var spelled = SpellingTable(capacity: model.vocabulary.count)
        var builder = ByteLevelBuilder()
        for (spelling, id) in model.vocabulary {
            guard spelled.insert(spelling, token: Int32(id)) else {
                throw TokenizationError.malformed("token \(id) is there twice")
            }
            guard kinds[id] == .normal else { continue }
            texts[id] = builder.text(of: TokenID(Int32(id)), spelling, .normal)
        }
        // What becomes of bytes that are no tokens is another tokenizer's matter, unless they are left out.
        guard Self.isComplete(builder.byteTokens) || model.bytes("unk_token").isEmpty && !model.bool("byte_fallback")
        else { return try pipelineTokenizer(configuration) }
        var merges = MergeList(spelled, capacity: model.merges.count)
        try merges.append(contentsOf: model.merges)
        let (specials, template) = try specials(configuration, &kinds)
        return try ByteLevelTokenizer(
            vocabulary: Vocabulary(texts: texts, kinds: kinds, specials: specials, template: template),
            composes: try composes() ?? false, preTokenizer: scanner, merges: merges.table,
            byteTokens: builder.byteTokens, wordTokens: builder.wordTokens, ignoresMerges: model.ignoresMerges,
            addedTokens: AddedTokenMatcher(addedTokens(kinds)))
    }

    /// Whether all bytes are tokens that UTF-8 has.
    private static func isComplete(_ byteTokens: [Int32]) -> Bool {
        byteTokens.indices.allSatisfy { byteTokens[$0] >= 0 || [0xC0, 0xC1].contains($0) || $0 > 0xF4 }
    }
}
