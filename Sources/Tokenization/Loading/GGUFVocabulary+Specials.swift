import GGUFFormat
import ServingModel

extension GGUFVocabulary {
    /// Reads which tokens have a meaning of their own.
    ///
    /// Files often leave out the end of a turn and of a generation; like llama.cpp, this finds them by their names.
    mutating func readSpecials(isSentencePiece: Bool) {
        specials.beginningOfSequence = token("bos", default: isSentencePiece ? 1 : nil)
        specials.endOfSequence = token("eos", default: isSentencePiece ? 2 : nil)
        specials.unknown = token("unknown", default: isSentencePiece ? 0 : nil)
        specials.padding = token("padding")
        specials.endOfTurn = token("eot")
        specials.fillPrefix = token("fim_pre") ?? token("prefix")
        specials.fillSuffix = token("fim_suf") ?? token("suffix")
        specials.fillMiddle = token("fim_mid") ?? token("middle")
        specials.addsBeginningOfSequence =
            metadata.bool("tokenizer.ggml.add_bos_token")
            ?? (isSentencePiece || PreTokenizer.addsBeginningOfSequence(ggufName: preTokenizerName))
        specials.addsEndOfSequence = metadata.bool("tokenizer.ggml.add_eos_token") ?? false

        if let token = token("eom") { specials.endOfGeneration = [token] }
        let ends = SpecialTokenNames.complete(&specials, with: tokens(named: SpecialTokenNames.all))
        for token in ends { kinds[Int(token.rawValue)] = .control }
    }

    /// The token under `tokenizer.ggml.<name>_token_id`, if the vocabulary has it.
    private func token(_ name: String, default id: Int? = nil) -> TokenID? {
        guard let id = metadata.integer("tokenizer.ggml.\(name)_token_id") ?? id, spellings.indices.contains(id) else {
            return nil
        }
        return TokenID(Int32(id))
    }

    private func tokens(named names: Set<String>) -> [String: TokenID] {
        let lengths = Set(names.map(\.utf8.count))
        var found: [String: TokenID] = [:]
        for (index, spelling) in spellings.enumerated() where lengths.contains(spelling.count) {
            let name = String(decoding: spelling, as: UTF8.self)
            if names.contains(name) { found[name] = TokenID(Int32(index)) }
        }
        return found
    }
}
