package import NIOCore

/// A request for an upstream.
package struct HTTPForwardRequest: Sendable {
    /// Such as `POST`.
    package var method: String
    /// Such as `/v1/chat/completions`, with the query if there is one.
    package var path: String
    /// The client's header fields; of these only some are sent, and neither its key nor what is of its connection only.
    package var headers: [(String, String)]
    package var body: ByteBuffer

    package init(method: String, path: String, headers: [(String, String)], body: ByteBuffer) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
    }
}
