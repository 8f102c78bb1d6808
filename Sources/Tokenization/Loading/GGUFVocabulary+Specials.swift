import GGUFFormat
import ServingModel

extension GGUFVocabulary {
    /// Reads which tokens have a meaning of their own.
    ///
    /// Files often leave out the end of a turn and of a generation; like llama.cpp, this finds them by their names.
    mutating func readSpecials() {
        let defaults = Self.defaults(model)
        specials.beginningOfSequence = token("bos", default: defaults.beginning)
        specials.endOfSequence = token(model == "bert" ? "seperator" : "eos", default: defaults.end)
        specials.unknown = token("unknown", default: defaults.unknown)
        specials.padding = token("padding", default: defaults.padding)
        specials.endOfTurn = token("eot")
        specials.fillPrefix = token("fim_pre") ?? token("prefix")
        specials.fillSuffix = token("fim_suf") ?? token("suffix")
        specials.fillMiddle = token("fim_mid") ?? token("middle")
        // Files of Gemma 4 say no, wrongly.
        specials.addsBeginningOfSequence =
            PreTokenizer.isGemma4(ggufName: preTokenizerName) || model == "bert"
            || metadata.bool("tokenizer.ggml.add_bos_token")
                ?? (defaults.addsBeginning || PreTokenizer.addsBeginningOfSequence(ggufName: preTokenizerName))
        specials.addsEndOfSequence =
            model == "bert" || metadata.bool("tokenizer.ggml.add_eos_token") ?? defaults.addsEnd

        if let token = token("eom") { specials.endOfGeneration = [token] }
        let ends = SpecialTokenNames.complete(&specials, with: tokens(named: SpecialTokenNames.all))
        for token in ends { kinds[Int(token.rawValue)] = .control }
    }

    /// What llama.cpp takes where a file does not say.
    private struct Defaults {
        var beginning: Int?
        var end: Int?
        var unknown: Int?
        var padding: Int?
        var addsBeginning = false
        var addsEnd = false
    }

    private static func defaults(_ model: String) -> Defaults {
        switch model {
        case "llama": Defaults(beginning: 1, end: 2, unknown: 0, addsBeginning: true)
        case "bert": Defaults(beginning: 101, end: 102, unknown: 100, padding: 0, addsBeginning: true, addsEnd: true)
        case "t5": Defaults(end: 1, unknown: 2, padding: 0, addsEnd: true)
        case "plamo2": Defaults(beginning: 1, end: 2, unknown: 0, padding: 3)
        default: Defaults()
        }
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
