package import NIOSSL

/// An address with how it is secured.
package struct RPCEndpoint: Sendable {
    package var address: RPCAddress
    /// nil is plaintext: HTTP/2 with prior knowledge. Its `applicationProtocols` must name `h2`, which the server must
    /// agree on; client certificates are part of it.
    package var tls: NIOSSLContext?
    /// The name in the server's certificate where it is not the address' host; also the calls' authority.
    package var serverName: String?

    package init(_ address: RPCAddress, tls: NIOSSLContext? = nil, serverName: String? = nil) {
        self.address = address
        self.tls = tls
        self.serverName = serverName
    }

    /// What calls say in `:authority`.
    var authority: String {
        switch address {
        case .tcp(let host, let port):
            let name = serverName ?? host
            return name.utf8.contains(UInt8(ascii: ":")) ? "[\(name)]:\(port)" : "\(name):\(port)"
        case .unixSocket: return serverName ?? "localhost"
        }
    }

    /// What the TLS client asks for; nil where there is no name, and the certificate must hold the IP address.
    var tlsName: String? {
        if let serverName { return serverName }
        guard case .tcp(let host, _) = address else { return nil }
        let isAddress =
            host.utf8.contains(UInt8(ascii: ":"))
            || host.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return isAddress ? nil : host
    }
}
