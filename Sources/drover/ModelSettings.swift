import ServingModel

/// Which model a service of one model serves, and how.
///
/// Configuration keys
/// - `model` (path, required): the model's file or folder.
/// - `name` (string, default: the file's name without `.gguf`): what clients call the model.
/// - `outputFormat` (auto, none, or a format's name; default: auto): how the model writes reasoning and tool calls.
struct ModelSettings {
    var path: String
    var name: ModelID
    var outputFormat: OutputFormatSetting

    init(_ reader: SettingReader) throws(SettingError) {
        guard let path = reader.text(.model) else {
            throw SettingError(key: .model, value: "", allowed: "the path of a model")
        }
        self.path = path
        let file = path.split(separator: "/").last.map(String.init) ?? path
        let name = reader.text(.name) ?? (file.hasSuffix(".gguf") ? String(file.dropLast(5)) : file)
        guard !name.isEmpty else { throw SettingError(key: .name, value: name, allowed: "at least one character") }
        self.name = ModelID(name)
        outputFormat = try OutputFormatSetting(reader)
    }
}
