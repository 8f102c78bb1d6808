import ArgumentParser

/// The part of the command line that everything has that serves: to whom, and how it runs.
struct ProcessOptions: ParsableArguments {
    @Option(help: "What clients call the model. (default: the file's name)")
    var name: String?

    @Option(
        help: "A PEM file with the service's certificate chain: connections are encrypted with TLS. (default: none)")
    var tlsCertificate: String?

    @Option(help: "A PEM file with the certificate's private key.")
    var tlsKey: String?

    @Option(help: "A PEM file with the authorities of clients' certificates: others are not let in. (default: none)")
    var tlsClientCa: String?

    @Option(help: "How long what is being answered may take to end after SIGTERM, in seconds. (default: 30)")
    var drainSeconds: String?

    @Option(help: "Threads that serve connections. (default: 1)")
    var eventLoops: String?

    @Option(help: "trace, debug, info, notice, warning, error or critical. (default: notice)")
    var logLevel: String?

    @Option(help: "How log lines look: text or json. (default: text)")
    var logForm: String?

    @Option(name: .customLong("config"), help: "A YAML or JSON file with any of these settings, in camelCase.")
    var configFile: String?

    private var given: [(key: SettingKey, value: String?)] {
        [
            (.name, name), (.tlsCertificate, tlsCertificate), (.tlsKey, tlsKey), (.tlsClientCa, tlsClientCa),
            (.drainSeconds, drainSeconds), (.eventLoops, eventLoops), (.logLevel, logLevel), (.logForm, logForm),
        ]
    }

    /// What sets a service: this, and `others` of the command line, before the environment and the file.
    func reader(with others: [(key: SettingKey, value: String?)]) async throws -> SettingReader {
        try await .reading(commandLine: others + given, file: configFile)
    }
}
