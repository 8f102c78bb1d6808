import Foundation
import GGUFFormat
import JSONBytes
import Tokenization

/// A model's files as they were read.
struct ModelSource {
    var tokenizer: any Tokenizer
    var template: String?
    var name: String?
    var architecture: String?
    var contextTokens: Int?

    init(file path: String) throws {
        self = try MappedFile.withBytes(of: path) { bytes in
            bytes.starts(with: "GGUF".utf8)
                ? try ModelSource(gguf: bytes) : try ModelSource(tokenizer: path, Array(bytes))
        }
    }

    private init(gguf bytes: UnsafeRawBufferPointer) throws {
        let metadata = try GGUFMetadata(bytes)
        tokenizer = try GGUFVocabulary.tokenizer(of: metadata)
        template = metadata.string("tokenizer.chat_template")
        name = metadata.string("general.name")
        architecture = metadata.string("general.architecture")
        contextTokens = architecture.flatMap { metadata.integer("\($0).context_length") }
    }

    private init(tokenizer path: String, _ bytes: [UInt8]) throws {
        tokenizer = try TokenizerFiles(path.split(separator: "/").last.map(String.init) ?? path, bytes).tokenizer()
    }

    init(folder path: String) throws {
        let names = Set(try FileManager.default.contentsOfDirectory(atPath: path))
        try self.init(folder: path, names: names) { name in
            try MappedFile.withBytes(of: path + "/" + name) { Array($0) }
        }
    }

    /// Hugging Face's layout: the tokenizer's files, the template in `chat_template.jinja` or in the tokenizer's
    /// configuration, the model's own in `config.json`.
    init(folder path: String, names: Set<String>, bytes: (_ name: String) throws -> [UInt8]) throws {
        func json(_ name: String) throws -> JSONValue? {
            do {
                return names.contains(name) ? try JSONValue(parsing: try bytes(name)) : nil
            } catch {
                throw CommandFailure("cannot read '\(path)/\(name)': \(error)")
            }
        }
        let configuration = (tokenizer: try json("tokenizer_config.json"), model: try json("config.json"))
        var files = TokenizerFiles()
        for name in names.sorted() where TokenizerFiles.isWanted(name) { files.add(name, try bytes(name)) }
        tokenizer = try files.tokenizer()
        template =
            names.contains("chat_template.jinja")
            ? String(decoding: try bytes("chat_template.jinja"), as: UTF8.self)
            : Self.template(of: configuration.tokenizer)
        guard case .object(let members)? = configuration.model else { return }
        if case .string(let type)? = members["model_type"] { architecture = type }
        if case .string(let name)? = members["_name_or_path"] { self.name = name }
        if case .integer(let count)? = members["max_position_embeddings"] { contextTokens = count }
    }

    /// The template of a tokenizer's configuration: one, or several with names, of which one is the default.
    private static func template(of configuration: JSONValue?) -> String? {
        guard case .object(let members)? = configuration else { return nil }
        switch members["chat_template"] {
        case .string(let template): return template
        case .array(let templates):
            for case .object(let entry) in templates where entry["name"] == .string("default") {
                if case .string(let template)? = entry["template"] { return template }
            }
            return nil
        default: return nil
        }
    }
}
