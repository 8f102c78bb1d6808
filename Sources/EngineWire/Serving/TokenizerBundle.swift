private import Crypto

/// A model's files for tokenizing and rendering, as engines hand them out in answer to GetTokenizer: a ZIP archive in
/// chunks, with a fingerprint in the last.
package struct TokenizerBundle: Sendable {
    /// The most bytes of the archive in one message.
    private static let chunkBytes = 64 << 10

    /// The answer's messages, in order: `GetTokenizerChunk`, the same in all dialects.
    package let messages: [[UInt8]]
    /// SHA-256 of the archive, in hexadecimal.
    package let fingerprint: String

    /// Bundles files by their names. O(bytes); at least one file.
    package init(files: [(name: String, bytes: [UInt8])]) {
        precondition(!files.isEmpty, "there is something to bundle")
        var archive = StoredArchive()
        for file in files { archive.add(file.name, file.bytes) }
        archive.finish()
        let bytes = archive.bytes
        let fingerprint = Self.hexadecimal(SHA256.hash(data: bytes))
        messages = stride(from: 0, to: bytes.count, by: Self.chunkBytes).map { start in
            let end = min(start + Self.chunkBytes, bytes.count)
            var message: [UInt8] = []
            message.appendTag(1, .lengthDelimited)
            message.appendVarint(UInt64(end - start))
            message += bytes[start..<end]
            if end == bytes.count { message.appendField(2, fingerprint) }
            return message
        }
        self.fingerprint = fingerprint
    }

    /// Whether a file of a model's folder belongs into the bundle, by its name.
    package static func isWanted(_ name: String) -> Bool {
        names.contains(name) || [".tiktoken", ".jinja", ".model"].contains { name.hasSuffix($0) }
    }

    private static let names: Set<String> = [
        "tokenizer.json", "tokenizer_config.json", "config.json", "generation_config.json",
        "special_tokens_map.json", "vocab.json", "merges.txt", "tekken.json", "chat_template.json",
        "preprocessor_config.json", "processor_config.json", "video_preprocessor_config.json",
    ]

    private static func hexadecimal(_ digest: SHA256.Digest) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
