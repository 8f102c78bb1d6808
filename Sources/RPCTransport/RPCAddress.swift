/// Where a server listens.
package enum RPCAddress: Hashable, Sendable {
    case tcp(host: String, port: Int)
    case unixSocket(path: String)
}

extension RPCAddress: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unixSocket(let path): "unix:\(path)"
        }
    }
}
