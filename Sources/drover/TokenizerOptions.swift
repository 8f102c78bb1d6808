import ArgumentParser

/// The command line of `drover tokenizer`. An option that is not given leaves the setting to the environment and the
/// file.
struct TokenizerOptions: ParsableArguments {
    @Option(
        name: .shortAndLong, help: "The model: a GGUF file, a Hugging Face folder, or a tokenizer's file of any format."
    )
    var model: String?

    @Option(name: .shortAndLong, help: "Threads that tokenize long texts and batches. (default: all)")
    var threads: String?

    @OptionGroup var service: ServiceOptions

    func reader() async throws -> SettingReader {
        try await service.reader(with: [(.model, model), (.threads, threads)])
    }
}
