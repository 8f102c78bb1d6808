import ArgumentParser

/// The command line of `drover serve`. An option that is not given leaves the setting to the environment and the file.
struct ServeOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "The GGUF model file to serve.")
    var model: String?

    @Option(help: "What clients call the model. (default: the file's name)")
    var name: String?

    @Option(help: "The address to listen on. (default: 127.0.0.1)")
    var host: String?

    @Option(name: .shortAndLong, help: "The port to listen on; 0 takes any free one. (default: 8080)")
    var port: String?

    @Option(name: .shortAndLong, help: "Threads that compute. (default: one less than the processor has)")
    var threads: String?

    @Option(help: "Layers on the accelerator, if the build has one. (default: all)")
    var gpuLayers: String?

    @Option(name: .shortAndLong, help: "The most tokens of one request. (default: the model's, at most 8192)")
    var context: String?

    @Option(help: "The most sequences that run at once. (default: 16)")
    var parallel: String?

    @Option(help: "Tokens whose KV is kept. (default: twice the context)")
    var cacheTokens: String?

    @Option(help: "About how long a step computes prompts while streams wait for it, in seconds. (default: 0.2)")
    var prefillSeconds: String?

    @Option(help: "The most prompt tokens computed in a step beside running streams. (default: 512)")
    var prefillBudget: String?

    @Option(help: "Requests that may wait. (default: 256)")
    var queue: String?

    @Option(help: "How long a request may wait, in seconds. (default: 60)")
    var queueSeconds: String?

    @Option(help: "How long running streams may take to end after SIGTERM, in seconds. (default: 30)")
    var drainSeconds: String?

    @Option(help: "How long a client may leave its stream unread, in seconds. (default: 60)")
    var stallSeconds: String?

    @Option(help: "The largest request body, in bytes. (default: 16777216)")
    var maxBodyBytes: String?

    @Option(help: "Threads that serve connections. (default: 1)")
    var eventLoops: String?

    @Option(help: "How the model writes reasoning and tool calls: a format's name, auto or none. (default: auto)")
    var outputFormat: String?

    @Option(help: "trace, debug, info, notice, warning, error or critical. (default: notice)")
    var logLevel: String?

    @Option(help: "How log lines look: text or json. (default: text)")
    var logForm: String?

    @Option(name: .customLong("config"), help: "A YAML or JSON file with any of these settings, in camelCase.")
    var configFile: String?

    private var given: [(key: SettingKey, value: String?)] {
        [
            (.model, model), (.name, name), (.host, host), (.port, port), (.threads, threads),
            (.gpuLayers, gpuLayers), (.context, context), (.parallel, parallel), (.cacheTokens, cacheTokens),
            (.prefillSeconds, prefillSeconds), (.prefillBudget, prefillBudget), (.queue, queue),
            (.queueSeconds, queueSeconds), (.drainSeconds, drainSeconds), (.stallSeconds, stallSeconds),
            (.maxBodyBytes, maxBodyBytes), (.eventLoops, eventLoops), (.outputFormat, outputFormat),
            (.logLevel, logLevel), (.logForm, logForm),
        ]
    }

    func reader() async throws -> SettingReader {
        try await .reading(commandLine: given, file: configFile)
    }
}
