/// Where a server listens.
package enum RPCAddress: Hashable, Sendable {
    case tcp(host: String, port: Int)
    case unixSocket(path: String)
}
