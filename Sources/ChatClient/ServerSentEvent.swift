/// One event of a `text/event-stream`.
package struct ServerSentEvent: Equatable, Sendable {
    /// The event's name; empty if the stream gave none.
    package var name: String
    /// The `data` lines, joined by line feeds.
    package var data: [UInt8]

    package init(name: String = "", data: [UInt8]) {
        self.name = name
        self.data = data
    }
}
