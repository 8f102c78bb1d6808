import GGUFFormat
import ServingModel

extension GGUFVocabulary {
    /// Reads which tokens have a meaning of their own.
    ///
    /// Files often leave out the end of a turn and of a generation; like llama.cpp, this finds them by their names.
    mutating func readSpecials(isSentencePiece: Bool) {
        specials.beginningOfSequence = token("bos") ?? (isSentencePiece ? TokenID(1) : nil)
        specials.endOfSequence = token("eos") ?? (isSentencePiece ? TokenID(2) : nil)
        specials.unknown = token("unknown") ?? (isSentencePiece ? TokenID(0) : nil)
        specials.padding = token("padding")
        specials.endOfTurn = token("eot")
        specials.fillPrefix = token("fim_pre") ?? token("prefix")
        specials.fillSuffix = token("fim_suf") ?? token("suffix")
        specials.fillMiddle = token("fim_mid") ?? token("middle")
        specials.addsBeginningOfSequence =
            metadata.bool("tokenizer.ggml.add_bos_token")
            ?? (isSentencePiece || PreTokenizer.addsBeginningOfSequence(ggufName: preTokenizerName))
        specials.addsEndOfSequence = metadata.bool("tokenizer.ggml.add_eos_token") ?? false

        var found = tokens(named: Self.names)
        specials.endOfTurn = specials.endOfTurn ?? Self.turnEnds.lazy.compactMap { found[$0] }.first
        specials.fillPrefix = specials.fillPrefix ?? Self.fillPrefixes.lazy.compactMap { found[$0] }.first
        specials.fillSuffix = specials.fillSuffix ?? Self.fillSuffixes.lazy.compactMap { found[$0] }.first
        specials.fillMiddle = specials.fillMiddle ?? Self.fillMiddles.lazy.compactMap { found[$0] }.first
        // Where a model ends its answers otherwise, these do not end them.
        if found["<|return|>"] != nil, found["<|call|>"] != nil { found["<|end|>"] = nil }
        if found["<|flush|>"] != nil, found["<|calls|>"] != nil { found["<|end|>"] = nil }
        if found["<|tool_response>"] != nil { found["</s>"] = nil }
        var ends = Set(Self.generationEnds.compactMap { found[$0] })
        for token in ends { kinds[Int(token.rawValue)] = .control }
        if let end = specials.endOfSequence { ends.insert(end) }
        if let end = specials.endOfTurn { ends.insert(end) }
        if let end = token("eom") { ends.insert(end) }
        specials.endOfGeneration = ends.sorted()
    }

    /// The token under `tokenizer.ggml.<name>_token_id`, if the vocabulary has it.
    private func token(_ name: String) -> TokenID? {
        guard let id = metadata.integer("tokenizer.ggml.\(name)_token_id"), spellings.indices.contains(id) else {
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

    private static let turnEnds = [
        "<|eot_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<|endoftext|>", "<|end_of_text|>", "<EOT>", "_<EOT>",
        "[EOT]", "<｜end▁of▁sentence｜>", "<end_of_utterance>",
    ]
    private static let generationEnds =
        turnEnds + [
            "<|return|>", "<|call|>", "<|flush|>", "<|calls|>", "</s>", "<|eom_id|>", "[EOS]", "<eos>", "<turn|>",
            "<|tool_response>", "[e~[",
        ]
    private static let fillPrefixes = [
        "<|fim_prefix|>", "<fim-prefix>", "<fim_prefix>", "<｜fim▁begin｜>", "<PRE>", "▁<PRE>", "<|code_prefix|>",
        "<|prefix|>",
    ]
    private static let fillSuffixes = [
        "<|fim_suffix|>", "<fim-suffix>", "<fim_suffix>", "<｜fim▁hole｜>", "<SUF>", "▁<SUF>", "<|code_suffix|>",
        "<|suffix|>",
    ]
    private static let fillMiddles = [
        "<|fim_middle|>", "<fim-middle>", "<fim_middle>", "<｜fim▁end｜>", "<MID>", "▁<MID>", "<|code_middle|>",
        "<|middle|>",
    ]
    private static let names = Set(generationEnds + fillPrefixes + fillSuffixes + fillMiddles)
}
