import ServingModel
import Testing
import Tokenization

/// Compares with the token ids that llama.cpp keeps beside its vocabularies.
@Suite(
    .enabled(if: References.exists(References.llamaVocabularies), "llama.cpp's source is not unpacked; see make setup"))
struct LlamaVocabularyTests {
    @Test(arguments: [
        "command-r", "deepseek-coder", "deepseek-llm", "falcon", "gpt-2", "llama-bpe", "mpt", "qwen2", "qwen35",
        "refact",
        "starcoder", "llama-spm", "phi-3", "gemma-4", "bert-bge",
    ])
    func encodesLikeLlama(_ name: String) throws {
        let path = "\(References.llamaVocabularies)/ggml-vocab-\(name).gguf"
        let tokenizer = try GGUFVocabulary.tokenizer(of: References.metadata(path))
        let texts = try Self.texts(path + ".inp")
        let results = try String(decoding: References.bytes(path + ".out"), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false)
        #expect(texts.count > 40)
        for (text, result) in zip(texts, results) {
            let expected = result.split(separator: " ").compactMap { Int32($0) }.map { TokenID($0) }
            #expect(tokenizer.encode(text) == expected, "\(String(decoding: text, as: UTF8.self))")
        }
    }

    /// llama.cpp keeps no ids beside these.
    @Test(arguments: ["aquila", "baichuan", "gpt-neox", "nomic-bert-moe"])
    func readsLlamasOtherVocabularies(_ name: String) throws {
        let path = "\(References.llamaVocabularies)/ggml-vocab-\(name).gguf"
        let tokenizer = try GGUFVocabulary.tokenizer(of: References.metadata(path))
        let text = "Hello world, 中文 and 1234."
        #expect(String(decoding: tokenizer.decode(tokenizer.encode(text)), as: UTF8.self) == text)
    }

    private static func texts(_ path: String) throws -> [[UInt8]] {
        let separator = Array("\n__ggml_vocab_test__\n".utf8)
        var texts: [[UInt8]] = [[]]
        let bytes = try References.bytes(path)
        var at = 0
        while at < bytes.count {
            if bytes[at...].starts(with: separator) {
                texts.append([])
                at += separator.count
            } else {
                texts[texts.count - 1].append(bytes[at])
                at += 1
            }
        }
        return texts.dropLast(texts.last == [] ? 1 : 0)
    }
}
