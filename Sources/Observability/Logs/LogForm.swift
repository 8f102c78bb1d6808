/// How a log record is written as one line.
package enum LogForm: String, Sendable, CaseIterable {
    /// `2026-01-31T12:00:00.000Z info gateway: message key=value`
    case text
    /// `{"time":…,"level":…,"logger":…,"message":…,"metadata":{…}}`
    case json
}
