import RPCTransport

/// An address to listen on, as it is written: `HOST:PORT`, `[HOST]:PORT` or `unix:/PATH`.
struct ListenAddress {
    let address: RPCAddress

    /// Nil if the text is none of these. Port 0 takes any free one.
    init?(_ text: String) {
        if text.hasPrefix("unix:") {
            let path = text.dropFirst("unix:".count)
            guard !path.isEmpty else { return nil }
            address = .unixSocket(path: String(path))
            return
        }
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty else { return nil }
        address = .tcp(host: String(host), port: Int(port))
    }
}

extension RPCAddress {
    /// The address as `drover gateway --worker` takes it: `grpc://HOST:PORT`, `grpcs://HOST:PORT` or `unix:/PATH`.
    func url(isSecure: Bool) -> String {
        switch self {
        case .tcp(let host, let port):
            let shown = host == "0.0.0.0" ? "127.0.0.1" : host.contains(":") ? "[\(host)]" : host
            return "\(isSecure ? "grpcs" : "grpc")://\(shown):\(port)"
        case .unixSocket(let path): return "unix:\(path)"
        }
    }
}
