import ChatTemplates
import GGUFFormat
import Tokenization

/// What the CPU plane needs of a GGUF file: the tokenizer and the chat template.
struct ModelFile {
    let tokenizer: any Tokenizer
    /// Nil if the file has none.
    let template: ChatTemplate?

    init(path: String) throws {
        let (tokenizer, source) = try MappedFile.withBytes(of: path) { bytes in
            do {
                let metadata = try GGUFMetadata(bytes)
                return (try GGUFVocabulary.tokenizer(of: metadata), metadata.string("tokenizer.chat_template"))
            } catch {
                throw CommandFailure("cannot serve the model '\(path)': \(error)")
            }
        }
        self.tokenizer = tokenizer
        do {
            template = try source.map { try ChatTemplate(source: $0) }
        } catch {
            throw CommandFailure("the chat template of '\(path)' cannot be used: \(error)")
        }
    }
}
