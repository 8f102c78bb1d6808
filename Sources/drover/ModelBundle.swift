import EngineWire
import GGUFFormat
import JSONBytes
import ServingModel
import Tokenization

/// A GGUF model's files for tokenizing and rendering in Hugging Face's layout, as gateways take them from an engine.
///
/// `tokenizer.json` where the vocabulary can be said in it, else the metadata of the GGUF file itself, which Drover's
/// gateway reads; `tokenizer_config.json` with the chat template; `config.json`.
struct ModelBundle {
    private let metadata: GGUFMetadata
    private let specials: SpecialTokens
    let names: HuggingFaceNames

    init(path: String, specials: SpecialTokens) throws {
        metadata = try MappedFile.withBytes(of: path) { try GGUFMetadata($0) }
        self.specials = specials
        names = HuggingFaceNames(architecture: metadata.architecture ?? "")
    }

    func bundle() throws -> TokenizerBundle {
        let tokenizer = try GGUFVocabulary.tokenizerJSON(of: metadata).map { ("tokenizer.json", $0) }
        return TokenizerBundle(files: [
            tokenizer ?? ("tokenizer.gguf", metadata.fileWithoutTensors),
            ("tokenizer_config.json", Self.bytes(tokenizerConfiguration)), ("config.json", Self.bytes(configuration)),
        ])
    }

    private var tokenizerConfiguration: JSONObject {
        var object = JSONObject([("tokenizer_class", "PreTrainedTokenizerFast")])
        let tokens = metadata.strings("tokenizer.ggml.tokens")
        func set(_ name: String, _ token: TokenID?) {
            guard let token, let tokens, tokens.indices.contains(Int(token.rawValue)) else { return }
            object[name] = .string(String(decoding: tokens[Int(token.rawValue)], as: UTF8.self))
        }
        set("bos_token", specials.beginningOfSequence)
        set("eos_token", specials.endOfSequence)
        set("unk_token", specials.unknown)
        set("pad_token", specials.padding)
        object["add_bos_token"] = .bool(specials.addsBeginningOfSequence)
        object["add_eos_token"] = .bool(specials.addsEndOfSequence)
        object["clean_up_tokenization_spaces"] = false
        if let context { object["model_max_length"] = .integer(context) }
        if let template = metadata.string("tokenizer.chat_template") { object["chat_template"] = .string(template) }
        return object
    }

    private var configuration: JSONObject {
        var object = JSONObject([("model_type", JSONValue.string(names.modelType))])
        object["architectures"] = .array(names.architectures.map { .string($0) })
        if let token = specials.beginningOfSequence { object["bos_token_id"] = .integer(Int(token.rawValue)) }
        object["eos_token_id"] = .array(specials.generationEnds.map { .integer(Int($0.rawValue)) })
        if let context { object["max_position_embeddings"] = .integer(context) }
        if let tokens = metadata.strings("tokenizer.ggml.tokens") { object["vocab_size"] = .integer(tokens.count) }
        return object
    }

    private var context: Int? { metadata.architecture.flatMap { metadata.integer("\($0).context_length") } }

    private static func bytes(_ object: JSONObject) -> [UInt8] {
        var writer = JSONWriter()
        writer.write(.object(object))
        return writer.bytes
    }
}

extension SpecialTokens {
    /// Every token that ends a generation, the end of a sequence first, as engines list them.
    var generationEnds: [TokenID] {
        let first = endOfSequence.map { [$0] } ?? []
        return first + endOfGeneration.filter { !first.contains($0) }
    }
}
