import Gateway
import Logging
import Observability

/// What every service can be told: on the command line (`--drain-seconds`), in the environment
/// (`DROVER_DRAIN_SECONDS`), and in a YAML or JSON file (`drainSeconds`), in this order of precedence.
///
/// Configuration keys
/// - `host` (string, default: 127.0.0.1), `port` (0 to 65535, default: 8080; 0 takes any free one).
/// - `tlsCertificate` (path, optional), `tlsKey` (path, required with it): PEM files with the service's certificate chain
///   and its private key; connections are encrypted with TLS then.
/// - `tlsClientCa` (path, optional, needs the two): a PEM file with the authorities of the clients' certificates; a
///   client without one of theirs is not let in.
/// - `drainSeconds` (0 to 86400, default: 30): how long what is being answered may take to end after SIGTERM.
/// - `stallSeconds` (1 to 86400, default: 60): how long a client may leave its answer unread.
/// - `maxBodyBytes` (1024 to 1 GiB, default: 16 MiB): the largest request body.
/// - `eventLoops` (1 to 64, default: 1): threads that serve connections.
/// - `apiKeysFile`, `serverApiKey`: whom it lets in, see `KeySettings`.
/// - `logLevel` (trace, debug, info, notice, warning, error, critical; default: notice).
/// - `logForm` (text, json; default: text).
struct ServiceSettings {
    var gateway = GatewayConfiguration()
    /// Keeps the keys of clients up to date; nil if they come from no file.
    let keyWatcher: KeyFileWatcher?
    private let logLevel: Logger.Level
    private let logForm: LogForm

    static let day = 86400.0

    init(_ reader: SettingReader) throws(SettingError) {
        gateway.host = reader.text(.host) ?? gateway.host
        gateway.port = try reader.integer(.port, in: 0...65535) ?? gateway.port
        gateway.tls = try TLSIdentity(reader)
        let keys = try KeySettings(reader)
        gateway.authenticator = keys?.authenticator
        keyWatcher = keys?.watcher
        gateway.eventLoops = try reader.integer(.eventLoops, in: 1...64) ?? gateway.eventLoops
        let limits = gateway.limits
        gateway.limits.drainSeconds = try reader.seconds(.drainSeconds, in: 0...Self.day) ?? limits.drainSeconds
        gateway.limits.stallSeconds = try reader.seconds(.stallSeconds, in: 1...Self.day) ?? limits.stallSeconds
        gateway.limits.bodyBytes = try reader.integer(.maxBodyBytes, in: 1024...(1 << 30)) ?? limits.bodyBytes
        logLevel = try reader.choice(.logLevel, Logger.Level.self) ?? .notice
        logForm = try reader.choice(.logForm, LogForm.self) ?? .text
    }

    /// Makes all loggers write as the settings say; once in a process.
    func startLogging() {
        LoggingSystem.bootstrap { [logForm, logLevel] label in
            LineLogHandler(label: label, form: logForm, level: logLevel)
        }
    }
}
