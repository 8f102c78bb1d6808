import HTTPEngine
import RPCTransport
import ServingModel

/// Where a worker is, and how it is reached.
struct WorkerAddress {
    enum Place {
        case rpc(RPCEndpoint)
        case http(HTTPUpstreamAddress)
    }

    let id: WorkerID
    let place: Place

    static let forms = "grpc://host:port, grpcs://host:port, unix:/path, http://host:port or https://host:port"

    /// Reads what `forms` names; nil for anything else.
    init?(_ text: String, tls: WorkerTLS, apiKey: String?) throws {
        id = WorkerID(text)
        if text.hasPrefix("http://") || text.hasPrefix("https://") {
            var address = try HTTPUpstreamAddress(url: text)
            address.apiKey = apiKey
            address.tls = HTTPUpstreamTLS(
                authoritiesFile: tls.authority, certificateFile: tls.certificate, keyFile: tls.key)
            place = .http(address)
            return
        }
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst(text.hasPrefix("unix://") ? 7 : 5))
            guard path.hasPrefix("/") else { return nil }
            place = .rpc(RPCEndpoint(.unixSocket(path: path)))
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
        place = .rpc(
            RPCEndpoint(
                .tcp(host: host, port: port), tls: isSecure ? try tls.context() : nil,
                serverName: isSecure ? host : nil))
    }
}
