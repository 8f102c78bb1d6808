import ChatTemplates
import GGUFFormat
import OutputParsing
import Tokenization

/// What the CPU plane needs of a GGUF file: the tokenizer, the chat template and the format of the answers.
struct ModelFile {
    let tokenizer: any Tokenizer
    /// Nil if the file has none.
    let template: ChatTemplate?
    /// How the model writes reasoning and tool calls, as far as the file tells.
    let format: OutputFormat?

    init(path: String) throws {
        let (tokenizer, source, format) = try MappedFile.withBytes(of: path) { bytes in
            do {
                let metadata = try GGUFMetadata(bytes)
                let template = metadata.string("tokenizer.chat_template")
                let format = OutputFormat.choose(
                    template: template, modelName: metadata.string("general.name"),
                    architecture: metadata.string("general.architecture"))
                return (try GGUFVocabulary.tokenizer(of: metadata), template, format)
            } catch {
                throw CommandFailure("cannot serve the model '\(path)': \(error)")
            }
        }
        self.tokenizer = tokenizer
        self.format = format
        do {
            template = try source.map { try ChatTemplate(source: $0) }
        } catch {
            throw CommandFailure("the chat template of '\(path)' cannot be used: \(error)")
        }
    }
}
