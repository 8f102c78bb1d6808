import GGUFFormat

extension GGUFVocabulary {
    /// The tokenizer of a "llama" vocabulary, which merges by scores.
    func scoredTokenizer() throws(TokenizationError) -> SentencePieceTokenizer {
        let builder = SentencePieceBuilder(spellings.map { Array($0) }, kinds)
        let addsSpacePrefix = metadata.bool("tokenizer.ggml.add_space_prefix") ?? true
        return SentencePieceTokenizer(
            try builder.parts(
                merges: builder.merges(scores: scores()), specials: specials,
                addsSpacePrefix: addsSpacePrefix),
            rules: .init(addsSpacePrefix: addsSpacePrefix, cutsBeforeSpaces: builder.cutsBeforeSpaces),
            addedTokens: AddedTokenMatcher(addedTokens()))
    }
}
