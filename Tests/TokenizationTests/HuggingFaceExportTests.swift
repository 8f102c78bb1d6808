import GGUFFormat
import JSONBytes
import ServingModel
import Testing
import Tokenization

/// A GGUF vocabulary said as `tokenizer.json` must be the same tokenizer.
struct HuggingFaceExportTests {
    @Test func keepsTheModelsTokenizer() throws {
        let metadata = try References.metadata(References.model)
        let json = try #require(try GGUFVocabulary.tokenizerJSON(of: metadata))
        let exported = try TokenizerFiles("tokenizer.json", json).tokenizer()
        let original = try References.smolLM2.get()
        #expect(exported.vocabulary.count == original.vocabulary.count)
        for text in Self.texts {
            #expect(exported.encode(text) == original.encode(text), "\(text.debugDescription)")
            #expect(exported.encodeWithSpecials(text) == original.encodeWithSpecials(text))
        }
    }

    @Test(
        .enabled(
            if: References.exists(References.llamaVocabularies), "llama.cpp's source is not unpacked; see make setup"),
        arguments: ["gpt-2", "llama-bpe", "qwen2", "qwen35", "starcoder", "command-r", "refact", "deepseek-coder"])
    func keepsOtherVocabularies(_ name: String) throws {
        let metadata = try References.metadata("\(References.llamaVocabularies)/ggml-vocab-\(name).gguf")
        guard let json = try GGUFVocabulary.tokenizerJSON(of: metadata) else {
            // The one of these whose pattern is not known to be any file's.
            #expect(name == "deepseek-coder")
            return
        }
        let exported = try TokenizerFiles("tokenizer.json", json).tokenizer()
        let original = try GGUFVocabulary.tokenizer(of: metadata)
        for text in Self.texts { #expect(exported.encode(text) == original.encode(text), "\(text.debugDescription)") }
        let specials = (exported.vocabulary.specials, original.vocabulary.specials)
        #expect(specials.0.addsBeginningOfSequence == specials.1.addsBeginningOfSequence)
    }

    @Test(
        .enabled(
            if: References.exists(References.llamaVocabularies), "llama.cpp's source is not unpacked; see make setup"))
    func isNoneForOtherFormats() throws {
        let metadata = try References.metadata("\(References.llamaVocabularies)/ggml-vocab-llama-spm.gguf")
        #expect(try GGUFVocabulary.tokenizerJSON(of: metadata) == nil)
    }

    @Test func aFileWithoutTensorsIsTheSameTokenizer() throws {
        let metadata = try References.metadata(References.model)
        let exported = try TokenizerFiles("tokenizer.gguf", metadata.fileWithoutTensors).tokenizer()
        for text in Self.texts { #expect(exported.encode(text) == (try References.smolLM2.get().encode(text))) }
    }

    private static let texts = [
        "", " ", "Hello, world!", "It's 12345 tests,\n\n  中文 and naïve  café…", "we'LL I'd don't  \t\r\n x",
        "<|im_start|>user\nHi<|im_end|>\n", "a\u{301}e\u{308} 👩‍👩‍👧 ½ ٣٤ x²", "if (a == b) {\n    return 0x1F;\n}\n",
        "東京タワー、ソウル 서울 Москва", "   leading and trailing   ", "CamelCaseHTTPServer2024-11-22",
    ]
}
