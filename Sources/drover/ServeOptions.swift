import ArgumentParser

/// The command line of `drover serve`. An option that is not given leaves the setting to the environment and the file.
struct ServeOptions: ParsableArguments {
    @OptionGroup var engine: EngineOptions
    @OptionGroup var service: ServiceOptions

    func reader() async throws -> SettingReader { try await service.reader(with: engine.given) }
}
