/// How the bytes of an answer are laid out.
package enum AnswerForm: Sendable, Equatable {
    /// Server-sent events, one a chunk.
    case events
    /// One JSON text.
    case whole

    /// What the `Content-Type` of an answer says.
    package init(contentType: String?) {
        let type = (contentType ?? "").prefix { $0 != ";" }.lowercased()
        self = type.hasPrefix("text/event-stream") ? .events : .whole
    }
}
