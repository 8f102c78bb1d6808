import GGUFFormat
import Testing
import Tokenization

#if canImport(Glibc)
    import Glibc
#endif

/// Files that the tests compare with, found from the repository's root.
enum References {
    static let root: String = {
        let parts = #filePath.split(separator: "/").dropLast(3)
        return "/" + parts.joined(separator: "/")
    }()
    static let fixtures = "\(root)/Tests/TokenizationTests/Fixtures"
    static let vocabularies = "\(fixtures)/vocabularies"
    static let model = "\(root)/.drover/models/SmolLM2-135M-Instruct.Q4_1.gguf"
    static let llamaVocabularies = "\(root)/.drover/llama-source/models"

    static func exists(_ path: String) -> Bool { access(path, R_OK) == 0 }

    static func bytes(_ path: String) throws -> [UInt8] {
        guard let file = fopen(path, "rb") else { throw Missing(path: path) }
        defer { fclose(file) }
        fseek(file, 0, SEEK_END)
        let size = ftell(file)
        rewind(file)
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = fread(buffer.baseAddress, 1, size, file)
        }
    }

    static func metadata(_ path: String) throws -> GGUFMetadata {
        try bytes(path).withUnsafeBytes { bytes throws(GGUFError) in try GGUFMetadata(bytes) }
    }

    struct Missing: Error {
        let path: String
    }

    /// The tokenizer of the model that `make test` provides.
    static let smolLM2 = Result { try GGUFVocabulary.tokenizer(of: metadata(model)) }
}
