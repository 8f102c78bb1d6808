import EngineWire
import SwiftProtobuf
import Testing

struct TokenizerBundleTests {
    /// The fingerprint is that of the archive as Python's `zlib`, `struct` and `hashlib` make it, which its `zipfile`
    /// reads.
    @Test func isAnArchiveWithAFingerprint() throws {
        let bundle = TokenizerBundle(files: [
            ("tokenizer.json", Array("123456789".utf8)), ("config.json", Array("{}".utf8)),
        ])
        #expect(bundle.fingerprint == "2c5982c4c7dda827f2f489442d3b0736ba88332e34eeaf1d2bedf32e158f2c9d")
        #expect(bundle.messages.count == 1)
        let chunk = try SMGGetTokenizerChunk(serializedBytes: bundle.messages[0])
        #expect(chunk.sha256 == bundle.fingerprint && chunk.data.count == 235)
    }

    @Test func takesTheFilesOfATokenizer() {
        let wanted = ["tokenizer.json", "tokenizer_config.json", "x.jinja", "tokenizer.model", "qwen.tiktoken"]
        for name in wanted { #expect(TokenizerBundle.isWanted(name)) }
        for name in ["model.safetensors", "README.md", "tokenizer.json.bak"] {
            #expect(!TokenizerBundle.isWanted(name))
        }
    }
}
