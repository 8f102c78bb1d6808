import ChatTemplates
import GGUFFormat
import Gateway
import OpenAIAPI
import OutputParsing
import Tokenization

/// What the CPU plane needs of a GGUF file: the tokenizer, the chat template and the format of the answers.
struct ModelFile {
    let tokenizer: any Tokenizer
    /// Nil if the file has none.
    let template: ChatTemplate?
    /// How the model writes reasoning and tool calls, as far as the file tells.
    let format: OutputFormat?
    /// The most tokens of prompt and completion together that the model was trained for, if the file tells.
    let contextTokens: Int?

    init(path: String) throws {
        let source: String?
        (tokenizer, source, format, contextTokens) = try MappedFile.withBytes(of: path) { bytes in
            do {
                let metadata = try GGUFMetadata(bytes)
                let template = metadata.string("tokenizer.chat_template")
                let architecture = metadata.string("general.architecture")
                let format = OutputFormat.choose(
                    template: template, modelName: metadata.string("general.name"), architecture: architecture)
                let context = architecture.flatMap { metadata.integer("\($0).context_length") }
                return (try GGUFVocabulary.tokenizer(of: metadata), template, format, context)
            } catch {
                throw CommandFailure("cannot serve the model '\(path)': \(error)")
            }
        }
        do {
            template = try source.map { try ChatTemplate(source: $0) }
        } catch {
            throw CommandFailure("the chat template of '\(path)' cannot be used: \(error)")
        }
    }

    /// The model's text side as a service has it.
    func text(of service: ServiceSettings, contextTokens: Int?) -> TextModel {
        TextModel(
            tokenizer: tokenizer, template: template, format: service.outputFormat.format(found: format),
            listing: ModelListing(
                model: service.model, created: WallClock.secondsSince1970, owner: "drover",
                contextTokens: contextTokens))
    }
}
