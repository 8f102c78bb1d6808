import CByteScanning
import ChatTemplates
import Foundation
import Gateway
import OpenAIAPI
import OutputParsing
import ServingModel
import Tokenization

/// What the CPU plane needs of a model: the tokenizer, the chat template and the format of the answers.
///
/// It comes from a GGUF file, from a Hugging Face folder, or from a tokenizer's file of any other format, which has no
/// template.
struct ModelFile {
    let tokenizer: any Tokenizer
    /// Nil if the model has none.
    let template: ChatTemplate?
    /// How the model writes reasoning and tool calls, as far as the model's files tell.
    let format: OutputFormat?
    /// The most tokens of prompt and completion together that the model was trained for, if the files tell.
    let contextTokens: Int?

    init(path: String) throws {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        try self.init(named: path) {
            try exists && isFolder.boolValue ? ModelSource(folder: path) : ModelSource(file: path)
        }
    }

    /// The files of a folder that is not on this machine, by name.
    init(files: [String: [UInt8]], of worker: String) throws {
        try self.init(named: worker) {
            try ModelSource(folder: worker, names: Set(files.keys)) { files[$0] ?? [] }
        }
    }

    private init(named path: String, _ read: () throws -> ModelSource) throws {
        let source: ModelSource
        do {
            source = try read()
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure("cannot use the model '\(path)': \(error)")
        }
        tokenizer = source.tokenizer
        contextTokens = source.contextTokens
        format = OutputFormat.choose(
            template: source.template, modelName: source.name, architecture: source.architecture)
        do {
            template = try source.template.map { try ChatTemplate(source: $0) }
        } catch {
            throw CommandFailure("the chat template of '\(path)' cannot be used: \(error)")
        }
        // Reading a vocabulary leaves tens of megabytes behind that serving never needs.
        c_give_back_freed_memory()
    }

    /// The model's text side as a service has it.
    func text(_ settings: ModelSettings, contextTokens: Int?) -> TextModel {
        text(name: settings.name, outputFormat: settings.outputFormat, contextTokens: contextTokens)
    }

    func text(name: ModelID, outputFormat: OutputFormatSetting, contextTokens: Int?) -> TextModel {
        TextModel(
            tokenizer: tokenizer, template: template, format: outputFormat.format(found: format),
            listing: ModelListing(
                model: name, created: WallClock.secondsSince1970, owner: "drover",
                contextTokens: contextTokens))
    }
}
