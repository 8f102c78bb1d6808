import GGUFFormat
import ServingModel

extension GGUFVocabulary {
    /// The tokenizer of a "llama" vocabulary, which merges by scores.
    func scoredTokenizer() throws(TokenizationError) -> SentencePieceTokenizer {
        guard let scores = metadata.floats("tokenizer.ggml.scores") else { throw .missing("'tokenizer.ggml.scores'") }
        guard scores.count >= spellings.count else { throw .malformed("there are fewer scores than tokens") }
        guard scores.allSatisfy({ !$0.isNaN }) else { throw .malformed("a score is not a number") }
        let builder = SentencePieceBuilder(spellings.map { Array($0) }, kinds)
        let addsSpacePrefix = metadata.bool("tokenizer.ggml.add_space_prefix") ?? true
        return SentencePieceTokenizer(
            try builder.parts(
                merges: builder.merges(scores: Array(scores.prefix(spellings.count))), specials: specials,
                addsSpacePrefix: addsSpacePrefix),
            rules: .init(addsSpacePrefix: addsSpacePrefix, cutsBeforeSpaces: builder.cutsBeforeSpaces),
            addedTokens: AddedTokenMatcher(addedTokens()))
    }

    /// The tokenizer of a "gemma4" vocabulary, which lists its merges.
    func listedTokenizer() throws(TokenizationError) -> SentencePieceTokenizer {
        guard let lines = metadata.strings("tokenizer.ggml.merges") else { throw .missing("'tokenizer.ggml.merges'") }
        let builder = SentencePieceBuilder(spellings.map { Array($0) }, kinds)
        var merges = builder.mergeList(capacity: lines.count)
        for line in lines { try merges.append(line) }
        return SentencePieceTokenizer(
            try builder.parts(merges: merges.table, specials: specials, addsSpacePrefix: false),
            rules: .init(separatesLines: true, cutsBeforeSpaces: builder.cutsBeforeSpaces),
            addedTokens: AddedTokenMatcher(addedTokens()))
    }
}
