/// Why the gateway cannot run, or cannot take a connection.
package enum GatewayError: Error, CustomStringConvertible {
    case cannotListen(host: String, port: Int, reason: String)
    case tooManyConnections

    package var description: String {
        switch self {
        case .cannotListen(let host, let port, let reason): "cannot listen on \(host), port \(port): \(reason)"
        case .tooManyConnections: "there are too many connections"
        }
    }
}
