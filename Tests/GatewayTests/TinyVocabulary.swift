import ChatTemplates
import GGUFFormat
import ServingModel
import Tokenization

/// A vocabulary in which every byte is a token of the same number, with five tokens more.
enum TinyVocabulary {
    static let turnStart = TokenID(256)
    static let turnEnd = TokenID(257)
    /// The one merge: `t` and `h`.
    static let th = TokenID(258)
    /// Control tokens around a call, as `hermes` has them.
    static let callStart = TokenID(259)
    static let callEnd = TokenID(260)
    static let size = 261

    static let tokenizer: any Tokenizer = {
        var file = Writer()
        file.text("tokenizer.ggml.model", "gpt2")
        file.text("tokenizer.ggml.pre", "gpt-2")
        let named = ["<|im_start|>", "<|im_end|>", "th", "<tool_call>", "</tool_call>"].map { Array($0.utf8) }
        file.texts("tokenizer.ggml.tokens", spellings + named)
        file.integers("tokenizer.ggml.token_type", Array(repeating: 1, count: 256) + [3, 3, 1, 3, 3])
        file.texts("tokenizer.ggml.merges", [Array("t h".utf8)])
        file.integer("tokenizer.ggml.eos_token_id", 257)
        guard let metadata = try? file.bytes.withUnsafeBytes({ try GGUFMetadata($0) }),
            let tokenizer = try? GGUFVocabulary.tokenizer(of: metadata)
        else { preconditionFailure("the vocabulary of the tests is one") }
        return tokenizer
    }()

    /// Nil if it does not compile, and then every chat fails.
    static let template = try? ChatTemplate(
        source: """
            {% for message in messages %}<|im_start|>{{ message.role }}
            {{ message.content }}<|im_end|>
            {% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
            {% endif %}
            """)

    /// A token for each byte.
    static func tokens(_ text: String) -> [TokenID] { text.utf8.map { TokenID(Int32($0)) } }

    /// GPT-2's spelling of each byte.
    private static let spellings: [[UInt8]] = {
        var next: UInt32 = 0x100
        return (UInt32(0)..<256).map { byte in
            var scalar = byte
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: break
            default:
                scalar = next
                next += 1
            }
            return Array(String(Unicode.Scalar(scalar).map(Character.init) ?? " ").utf8)
        }
    }()

    /// Writes the metadata of a GGUF file.
    private struct Writer {
        private var entries: [UInt8] = []
        private var count = 0

        var bytes: [UInt8] {
            Array("GGUF".utf8) + Self.little(UInt32(3)) + Self.little(UInt64(0)) + Self.little(UInt64(count)) + entries
        }

        mutating func text(_ key: String, _ value: String) { add(key, 8, Self.string(Array(value.utf8))) }

        mutating func integer(_ key: String, _ value: UInt32) { add(key, 4, Self.little(value)) }

        mutating func texts(_ key: String, _ values: [[UInt8]]) {
            add(key, 9, Self.little(UInt32(8)) + Self.little(UInt64(values.count)) + values.flatMap(Self.string))
        }

        mutating func integers(_ key: String, _ values: [Int32]) {
            add(key, 9, Self.little(UInt32(5)) + Self.little(UInt64(values.count)) + values.flatMap { Self.little($0) })
        }

        private mutating func add(_ key: String, _ type: UInt32, _ value: [UInt8]) {
            entries += Self.string(Array(key.utf8)) + Self.little(type) + value
            count += 1
        }

        private static func string(_ text: [UInt8]) -> [UInt8] { little(UInt64(text.count)) + text }

        private static func little(_ value: some FixedWidthInteger) -> [UInt8] {
            withUnsafeBytes(of: value.littleEndian) { Array($0) }
        }
    }
}
