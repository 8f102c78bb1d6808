import ArgumentParser

/// The command line of `drover chat`. An option that is not given leaves the setting to the environment and the file.
struct ChatOptions: ParsableArguments {
    @Option(help: "The base URL of an OpenAI-compatible API, http or https. (default: http://127.0.0.1:8080/v1)")
    var url: String?

    @Option(name: .shortAndLong, help: "The model to talk to. (default: the first that the server lists)")
    var model: String?

    @Option(name: .shortAndLong, help: "The system prompt. (default: none)")
    var system: String?

    @Option(name: .shortAndLong, help: "The sampling temperature, 0 to 2. (default: the server's)")
    var temperature: String?

    @Option(help: "The most tokens of an answer. (default: the server's)")
    var maxTokens: String?

    @Flag(inversion: .prefixedNo, help: "Show tokens and their rate after each answer. (default: --stats)")
    var stats: Bool?

    @Option(help: "How long a connection may take to be made, in seconds. (default: 10)")
    var connectSeconds: String?

    @Option(help: "How long the server may say nothing, in seconds. (default: 600)")
    var idleSeconds: String?

    @Option(name: .customLong("config"), help: "A YAML or JSON file with any of these settings, in camelCase.")
    var configFile: String?

    private var given: [(key: SettingKey, value: String?)] {
        [
            (.chatURL, url), (.chatModel, model), (.chatSystem, system), (.chatTemperature, temperature),
            (.chatMaxTokens, maxTokens), (.chatStats, stats.map { String($0) }),
            (.chatConnectSeconds, connectSeconds), (.chatIdleSeconds, idleSeconds),
        ]
    }

    func reader() async throws -> SettingReader {
        try await .reading(commandLine: given, file: configFile)
    }
}
