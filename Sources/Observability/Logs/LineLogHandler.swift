package import Logging

/// A handler for swift-log that writes every record as one line.
///
/// Whatever a record holds, it cannot break out of its line, and the values of metadata keys that name secrets are
/// left out.
package struct LineLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata = Logger.Metadata()
    package var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let form: LogForm
    private let clock: @Sendable () -> WallTime
    private let output: @Sendable ([UInt8]) -> Void

    /// - Parameters:
    ///   - clock: the time of a record.
    ///   - output: takes one line with its line feed; called on the thread that logs, several at a time.
    package init(
        label: String, form: LogForm, level: Logger.Level, metadataProvider: Logger.MetadataProvider? = nil,
        clock: @escaping @Sendable () -> WallTime = { WallTime.now() },
        output: @escaping @Sendable ([UInt8]) -> Void = StandardError.write
    ) {
        self.label = label
        self.form = form
        logLevel = level
        self.metadataProvider = metadataProvider
        self.clock = clock
        self.output = output
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var merged = metadata
        if let provided = metadataProvider?.get() { merged.merge(provided) { $1 } }
        if let own = event.metadata { merged.merge(own) { $1 } }
        if let error = event.error { merged["error"] = "\(error)" }
        let record = LogRecord(
            time: clock(), level: event.level.rawValue, label: label, message: event.message.description,
            metadata: merged)
        var line: [UInt8] = []
        line.reserveCapacity(256)
        switch form {
        case .text: record.appendText(to: &line)
        case .json: record.appendJSON(to: &line)
        }
        line.append(UInt8(ascii: "\n"))
        output(line)
    }
}
