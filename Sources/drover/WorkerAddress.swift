import RPCTransport
import ServingModel

/// Where a worker is, and how it is reached.
struct WorkerAddress {
    let id: WorkerID
    let endpoint: RPCEndpoint

    /// Reads `grpc://host:port`, `grpcs://host:port` or `unix:/path`; nil for anything else.
    init?(_ text: String, tls: WorkerTLS) throws {
        id = WorkerID(text)
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst(text.hasPrefix("unix://") ? 7 : 5))
            guard path.hasPrefix("/") else { return nil }
            endpoint = RPCEndpoint(.unixSocket(path: path))
            return
        }
        let isSecure = text.hasPrefix("grpcs://")
        guard isSecure || text.hasPrefix("grpc://") else { return nil }
        let authority = text.drop { $0 != "/" }.drop { $0 == "/" }
        guard let colon = authority.lastIndex(of: ":"), let port = Int(authority[authority.index(after: colon)...]),
            (1...65535).contains(port)
        else { return nil }
        var host = String(authority[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        guard !host.isEmpty else { return nil }
        endpoint = RPCEndpoint(
            .tcp(host: host, port: port), tls: isSecure ? try tls.context() : nil, serverName: isSecure ? host : nil)
    }
}
