/// Why an upstream cannot be used: what it was given, or what it said when it was probed.
package enum HTTPUpstreamError: Error, Equatable, Sendable, CustomStringConvertible {
    /// An address that is none.
    case address(String, String)
    /// A file of keys or certificates that cannot be used.
    case tls(file: String, reason: String)
    /// Nobody answers there, in time or at all.
    case unreachable(String)
    /// Another status than 200.
    case refused(status: Int, path: String)
    /// An answer that no OpenAI-compatible server gives.
    case foreign(String)

    package var description: String {
        switch self {
        case .address(let url, let reason): "'\(url)' is no address of a server: \(reason)"
        case .tls(let file, let reason): "the TLS file '\(file)': \(reason)"
        case .unreachable(let reason): reason
        case .refused(let status, let path): "it answers \(path) with status \(status)"
        case .foreign(let reason): reason
        }
    }
}
