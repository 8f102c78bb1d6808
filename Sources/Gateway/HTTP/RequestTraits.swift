package import AccessKeys
package import NIOHTTP1

/// What the answer to a request needs to know of its head.
package struct RequestTraits {
    /// The client's own `x-request-id`, or a new one.
    package var id = "-"
    package var keepsAlive = false
    package var isHTTP10 = false
    package var isHead = false
    /// Who makes the request; nil if that was not asked.
    package var principal: Principal?

    /// HTTP/1.0 knows no chunks: a stream then ends with the connection.
    package var allowsChunks: Bool { !isHTTP10 }

    /// The answer to something that was no request.
    package init() {}

    package init(_ head: HTTPRequestHead, newID: @autoclosure () -> String) {
        isHTTP10 = head.version.major < 2 && head.version.minor == 0
        isHead = head.method == .HEAD
        // NIO's decoder stops behind a request that offers an upgrade or a tunnel, as bytes of another protocol may follow.
        let mayChangeProtocol = head.headers.contains(name: "upgrade") || head.method == .CONNECT
        keepsAlive = head.isKeepAlive && !mayChangeProtocol
        let given = head.headers.first(name: "x-request-id").flatMap { Self.isUsable($0) ? $0 : nil }
        id = given ?? newID()
    }

    /// 1 to 128 visible ASCII characters.
    private static func isUsable(_ id: String) -> Bool {
        (1...128).contains(id.utf8.count) && id.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
