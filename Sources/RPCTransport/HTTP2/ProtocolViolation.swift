/// What the peer did that ends the connection.
struct ProtocolViolation: Error {
    let kind: HTTP2ErrorKind
    let reason: String

    init(_ kind: HTTP2ErrorKind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }
}
