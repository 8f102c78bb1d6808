import GGUFFormat
import ServingModel

extension GGUFVocabulary {
    /// The tokenizer that merges pairs as the file lists them: of bytes, or of characters where the name of the
    /// pre-tokenizer says so.
    func pairTokenizer(_ addedTokens: AddedTokenMatcher) throws(TokenizationError) -> any Tokenizer {
        switch preTokenizerName {
        case _ where PreTokenizer.isGemma4(ggufName: preTokenizerName):
            try characterTokenizer(.init(separatesLines: true, looksUpNewlines: true), addedTokens)
        case "sarvam-moe": try characterTokenizer(.init(separatesLines: true), addedTokens)
        case "whitespace": try characterTokenizer(.init(escapesSpaces: false), addedTokens)
        default: try byteLevelTokenizer(addedTokens)
        }
    }

    /// The tokenizer of a "hybriddna" vocabulary. One that lacks what belongs to DNA is as any other.
    func hybridDNATokenizer() throws(TokenizationError) -> any Tokenizer {
        let added = AddedTokenMatcher(addedTokens())
        guard let begin = token(spelled: "<dna>"), let end = token(spelled: "</dna>"),
            let outOfVocabulary = token(spelled: "<oov>")
        else { return try pairTokenizer(added) }
        var words: [[UInt8]: TokenID] = [:]
        for (index, spelling) in spellings.enumerated() {
            if let word = dnaWord(spelling) { words[word] = TokenID(Int32(index)) }
        }
        return HybridDNATokenizer(
            text: try pairTokenizer(AddedTokenMatcher([])),
            marks: .init(begin: begin, end: end, outOfVocabulary: outOfVocabulary, words: words), addedTokens: added)
    }

    /// The tokenizer of a "whitespace" vocabulary.
    func whitespaceTokenizer() throws(TokenizationError) -> any Tokenizer {
        // Other names mean lowercase where the file does not say.
        let makesLowercase =
            metadata.bool("tokenizer.ggml.normalizer.lowercase") ?? (preTokenizerName != "whitespace")
        return WhitespaceTokenizer(
            words: try pairTokenizer(AddedTokenMatcher([])), makesLowercase: makesLowercase,
            addedTokens: AddedTokenMatcher(addedTokens()))
    }

    private func characterTokenizer(
        _ rules: SentencePieceTokenizer.Rules, _ addedTokens: AddedTokenMatcher
    ) throws(TokenizationError) -> SentencePieceTokenizer {
        let lines = try mergeLines()
        let builder = SentencePieceBuilder(spellings.map { Array($0) }, kinds)
        var merges = builder.mergeList(capacity: lines?.count ?? 0)
        if let lines { for line in lines { try merges.append(line) } }
        var rules = rules
        rules.cutsBeforeSpaces = rules.escapesSpaces && builder.cutsBeforeSpaces
        return SentencePieceTokenizer(
            try builder.parts(merges: merges.table, specials: specials, addsSpacePrefix: false), rules: rules,
            addedTokens: addedTokens)
    }

    private func byteLevelTokenizer(_ addedTokens: AddedTokenMatcher) throws(TokenizationError) -> ByteLevelTokenizer {
        guard let preTokenizer = PreTokenizer(ggufName: preTokenizerName) else {
            throw .unsupported("the pre-tokenizer '\(preTokenizerName)'")
        }
        let lines = try mergeLines()
        var table = SpellingTable(capacity: spellings.count)
        var texts: [[UInt8]] = []
        texts.reserveCapacity(spellings.count)
        var builder = ByteLevelBuilder()
        for (index, spelling) in spellings.enumerated() {
            guard spelling.isEmpty || table.insert(spelling, token: Int32(index)) else {
                throw .malformed("token \(index) is there twice")
            }
            texts.append(dnaWord(spelling) ?? builder.text(of: TokenID(Int32(index)), spelling, kinds[index]))
        }
        var merges = MergeList(table, capacity: lines?.count ?? 0)
        if let lines { for line in lines { try merges.append(line) } }
        return try ByteLevelTokenizer(
            vocabulary: Vocabulary(texts: texts, kinds: kinds, specials: specials), preTokenizer: preTokenizer,
            merges: merges.table, byteTokens: builder.byteTokens, wordTokens: builder.wordTokens,
            ignoresMerges: PreTokenizer.ignoresMerges(ggufName: preTokenizerName), addedTokens: addedTokens)
    }

    /// The merges as the file lists them. Only Kimi K2's files may have none.
    private func mergeLines() throws(TokenizationError) -> GGUFStringArray? {
        let lines = metadata.strings("tokenizer.ggml.merges")
        guard lines != nil || preTokenizerName == "kimi-k2" else { throw .missing("'tokenizer.ggml.merges'") }
        return lines
    }

    /// The bases that a token of a "hybriddna" vocabulary stands for, which has U+E000 behind them lest it be mistaken
    /// for text; nil for others.
    private func dnaWord(_ spelling: some BidirectionalCollection<UInt8>) -> [UInt8]? {
        let mark: [UInt8] = [0xEE, 0x80, 0x80]
        guard model == "hybriddna", spelling.suffix(mark.count).elementsEqual(mark) else { return nil }
        return Array(spelling.dropLast(mark.count))
    }
}
