import ArgumentParser

/// The part of the command line that all services over HTTP share.
struct ServiceOptions: ParsableArguments {
    @Option(help: "How the model writes reasoning and tool calls: a format's name, auto or none. (default: auto)")
    var outputFormat: String?

    @Option(help: "The address to listen on. (default: 127.0.0.1)")
    var host: String?

    @Option(name: .shortAndLong, help: "The port to listen on; 0 takes any free one. (default: 8080)")
    var port: String?

    @Option(help: "How long a client may leave its answer unread, in seconds. (default: 60)")
    var stallSeconds: String?

    @Option(help: "The largest request body, in bytes. (default: 16777216)")
    var maxBodyBytes: String?

    @Option(
        help: """
            A file with the keys that clients must have, one a line: NAME KEY, or NAME sha256:DIGEST, and ROLE behind \
            it (user, admin or metrics) if it is not a user's. Changes are noticed. DROVER_SERVER_API_KEY is one more \
            key. (default: everyone is let in)
            """)
    var apiKeysFile: String?

    @OptionGroup var process: ProcessOptions

    private var given: [(key: SettingKey, value: String?)] {
        [
            (.outputFormat, outputFormat), (.host, host), (.port, port), (.stallSeconds, stallSeconds),
            (.maxBodyBytes, maxBodyBytes), (.apiKeysFile, apiKeysFile),
        ]
    }

    /// What sets a service: this, and `others` of the command line, before the environment and the file.
    func reader(with others: [(key: SettingKey, value: String?)]) async throws -> SettingReader {
        try await process.reader(with: others + given)
    }
}
