import ArgumentParser

/// The command line of `drover worker`. An option that is not given leaves the setting to the environment and the file.
struct WorkerOptions: ParsableArguments {
    @Option(help: "Where to listen: HOST:PORT, [HOST]:PORT or unix:/PATH. (default: 127.0.0.1:50051)")
    var listen: String?

    @OptionGroup var engine: EngineOptions
    @OptionGroup var process: ProcessOptions

    func reader() async throws -> SettingReader {
        try await process.reader(with: [(.listen, listen)] + engine.given)
    }
}
