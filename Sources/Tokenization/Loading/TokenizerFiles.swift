import GGUFFormat

/// The files of a model of which its tokenizer is made, whatever their format.
///
/// The caller reads them; this only looks at their names and bytes:
///
///     var files = TokenizerFiles()
///     for name in namesInTheFolder where TokenizerFiles.isWanted(name) { files.add(name, try read(name)) }
///     let tokenizer = try files.tokenizer()
package struct TokenizerFiles {
    private var files: [(name: String, bytes: [UInt8])] = []

    package init() {}

    /// A single file, which says by its content what it is.
    package init(_ name: String, _ bytes: [UInt8]) { add(name, bytes) }

    /// Whether a file of this name, without its folder, may be of use.
    package static func isWanted(_ name: String) -> Bool {
        name == "tokenizer_config.json" || names.contains(name) || name.hasSuffix(".tiktoken")
            || name.hasSuffix(".gguf")
    }

    /// In the order in which they are taken, where a folder has several.
    private static let names = [
        "tokenizer.json", "tekken.json", "tokenizer.model", "spiece.model", "sentencepiece.bpe.model",
        "sentencepiece.model", "spm.model",
    ]

    package mutating func add(_ name: String, _ bytes: [UInt8]) { files.append((name, bytes)) }

    /// The tokenizer that the files describe.
    ///
    /// - Throws: `.missing` if none of them is a tokenizer, else what their formats throw.
    package func tokenizer() throws(TokenizationError) -> any Tokenizer {
        let configuration = files.first { $0.name == "tokenizer_config.json" }?.bytes
        let others = files.filter { $0.name != "tokenizer_config.json" }
        func rank(_ name: String) -> Int { Self.names.firstIndex(of: name) ?? Self.names.count }
        guard let (name, bytes) = others.min(by: { rank($0.name) < rank($1.name) }) else {
            throw .missing("a file that describes it")
        }
        switch Self.format(bytes) {
        case .gguf:
            do {
                return try GGUFVocabulary.tokenizer(of: bytes.withUnsafeBytes { try GGUFMetadata($0) })
            } catch let error as TokenizationError {
                throw error
            } catch {
                throw .malformed("\(error)")
            }
        case .tekken: return try TekkenFile.tokenizer(of: bytes)
        case .json: return try TokenizerJSON.tokenizer(of: bytes, configuration: configuration)
        case .tiktoken: return try TiktokenFile.tokenizer(of: bytes, name: name, configuration: configuration)
        case .sentencePiece: return try SentencePieceFile.tokenizer(of: bytes, configuration: configuration)
        case nil: throw .unsupported("the format of '\(name)'")
        }
    }

    private enum Format { case gguf, json, tekken, tiktoken, sentencePiece }

    /// The format of a file by its first bytes.
    private static func format(_ bytes: [UInt8]) -> Format? {
        if bytes.starts(with: "GGUF".utf8) { return .gguf }
        if let first = bytes.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }), first == UInt8(ascii: "{") {
            return isTekken(bytes) ? .tekken : .json
        }
        if TiktokenFile.isOne(bytes) { return .tiktoken }
        // A SentencePiece model begins with a piece: field 1, with a length.
        return bytes.first == 0x0A ? .sentencePiece : nil
    }

    /// Tekken's files name the bytes of each token.
    private static func isTekken(_ bytes: [UInt8]) -> Bool {
        let head = bytes.prefix(1 << 16)
        let mark = Array("\"token_bytes\"".utf8)
        return head.indices.contains { at in head[at] == mark[0] && head[at...].starts(with: mark) }
    }
}
