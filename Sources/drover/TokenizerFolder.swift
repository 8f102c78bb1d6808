import EngineWire
import Foundation

/// A folder with a model's files in Hugging Face's layout.
enum TokenizerFolder {
    /// What an engine hands out of it: every file that is for tokenizing and rendering.
    static func bundle(of path: String) throws -> TokenizerBundle {
        let names = try FileManager.default.contentsOfDirectory(atPath: path).filter(TokenizerBundle.isWanted).sorted()
        guard !names.isEmpty else { throw CommandFailure("'\(path)' holds no file of a tokenizer") }
        return TokenizerBundle(
            files: try names.map { name in
                (name, try MappedFile.withBytes(of: "\(path)/\(name)") { Array($0) })
            })
    }
}
