package import GGUFFormat
import JSONBytes
import ServingModel

extension GGUFVocabulary {
    /// The tokenizer of a GGUF file as Hugging Face's `tokenizer.json`, for programs that cannot read GGUF.
    ///
    /// Nil for a vocabulary that this cannot say in that format with the same tokens as outcome: it says byte-level
    /// ones whose pre-tokenizer has a published pattern. O(vocabulary).
    ///
    /// - Throws: what `tokenizer(of:)` throws for the same file.
    package static func tokenizerJSON(of metadata: GGUFMetadata) throws(TokenizationError) -> [UInt8]? {
        guard metadata.string("tokenizer.ggml.model") == "gpt2" else { return nil }
        let vocabulary = try GGUFVocabulary(metadata, model: "gpt2")
        let name = vocabulary.preTokenizerName
        guard let steps = PreTokenizer(ggufName: name).flatMap(HuggingFaceStep.steps),
            let merges = metadata.strings("tokenizer.ggml.merges")
        else { return nil }
        var writer = JSONWriter(reserving: vocabulary.spellings.count * 64)
        writer.raw(#"{"version":"1.0","truncation":null,"padding":null,"added_tokens":"#)
        vocabulary.writeAddedTokens(to: &writer)
        writer.raw(#","normalizer":null,"pre_tokenizer":{"type":"Sequence","pretokenizers":["#)
        for step in steps {
            step.write(to: &writer)
            writer.raw(",")
        }
        writer.raw(
            #"{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}]},"post_processor":"#)
        vocabulary.writePostProcessor(to: &writer)
        writer.raw(#","decoder":{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}"#)
        writer.raw(#","model":{"type":"BPE","dropout":null,"unk_token":null,"continuing_subword_prefix":null,"#)
        writer.raw(#""end_of_word_suffix":null,"fuse_unk":false,"byte_fallback":false,"ignore_merges":"#)
        writer.write(PreTokenizer.ignoresMerges(ggufName: name))
        guard vocabulary.writeModel(merges: merges, to: &writer) else { return nil }
        writer.raw("}}")
        return writer.bytes
    }

    private func writeAddedTokens(to writer: inout JSONWriter) {
        writer.raw("[")
        for (at, token) in addedTokens().enumerated() {
            if at > 0 { writer.raw(",") }
            writer.raw("{")
            writer.key("id")
            writer.write(Int(token.id.rawValue))
            writer.key("content")
            writer.write(String(decoding: token.text, as: UTF8.self))
            writer.raw(#","single_word":false"#)
            writer.key("lstrip")
            writer.write(token.stripsLeft)
            writer.key("rstrip")
            writer.write(token.stripsRight)
            writer.raw(#","normalized":false"#)
            writer.key("special")
            writer.write(token.isControl)
            writer.raw("}")
        }
        writer.raw("]")
    }

    /// The tokens that the model expects around a text.
    private func writePostProcessor(to writer: inout JSONWriter) {
        func special(_ token: TokenID?, _ isWanted: Bool) -> JSONValue? {
            guard isWanted, let token else { return nil }
            return ["SpecialToken": ["id": .string(spelling(of: token)), "type_id": 0]]
        }
        let start = special(specials.beginningOfSequence, specials.addsBeginningOfSequence)
        let end = special(specials.endOfSequence, specials.addsEndOfSequence)
        guard start != nil || end != nil else { return writer.raw("null") }
        func sequence(_ name: String) -> [JSONValue] {
            [start, ["Sequence": ["id": .string(name), "type_id": 0]], end].compactMap { $0 }
        }
        var tokens = JSONObject()
        for case let token? in [specials.beginningOfSequence, specials.endOfSequence] {
            let name = JSONValue.string(spelling(of: token))
            tokens[spelling(of: token)] = ["id": name, "ids": [.integer(Int(token.rawValue))], "tokens": [name]]
        }
        writer.write([
            "type": "TemplateProcessing", "single": .array(sequence("A")),
            "pair": .array(sequence("A") + sequence("B")),
            "special_tokens": .object(tokens),
        ])
    }

    private func spelling(of token: TokenID) -> String {
        String(decoding: spellings[Int(token.rawValue)], as: UTF8.self)
    }

    /// False if a token is not text, which no JSON can say.
    private func writeModel(merges: GGUFStringArray, to writer: inout JSONWriter) -> Bool {
        writer.raw(#","vocab":{"#)
        for (index, spelling) in spellings.enumerated() {
            guard let text = String(validating: spelling, as: UTF8.self) else { return false }
            if index > 0 { writer.raw(",") }
            writer.write(text)
            writer.raw(":")
            writer.write(index)
        }
        writer.raw(#"},"merges":["#)
        for (index, merge) in merges.enumerated() {
            guard let text = String(validating: merge, as: UTF8.self) else { return false }
            if index > 0 { writer.raw(",") }
            writer.write(text)
        }
        writer.raw("]")
        return true
    }
}
