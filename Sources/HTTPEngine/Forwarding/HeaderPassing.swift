/// Which header fields cross between a client and an upstream.
///
/// Both lists name what passes, so that nothing else does: not what is of one connection only, not the client's key and
/// cookies, not its wish for compression, which would hide the usage, and not what an upstream tells of itself.
enum HeaderPassing {
    private static let requestFields: Set<String> = [
        "accept", "baggage", "content-type", "idempotency-key", "traceparent", "tracestate", "x-client-request-id",
        "x-request-id", "x-session-id",
    ]

    private static let answerFields: Set<String> = [
        "cache-control", "content-encoding", "content-type", "openai-processing-ms", "retry-after", "retry-after-ms",
        "x-request-id",
    ]

    /// The fields of every request: what the gateway is, and its key.
    static func own(key: String?) -> [(String, String)] {
        let own = [("user-agent", "drover"), ("accept-encoding", "identity")]
        return key.map { own + [("authorization", "Bearer \($0)")] } ?? own
    }

    /// What of a client's fields an upstream gets.
    static func request(_ fields: [(String, String)]) -> [(String, String)] {
        fields.filter { requestFields.contains($0.0.lowercased()) }
    }

    /// What of an upstream's fields a client gets.
    static func answer(_ fields: some Sequence<(name: String, value: String)>) -> [(String, String)] {
        fields.compactMap { field in
            let name = field.name.lowercased()
            return answerFields.contains(name) || name.hasPrefix("x-ratelimit-") ? (name, field.value) : nil
        }
    }
}
