/// Why a server gave no answer, or only part of one; each case describes itself in one line.
package enum ChatFailure: Error, Equatable, CustomStringConvertible {
    /// No connection could be made, or it broke; the system's reason.
    case unreachable(url: String, reason: String)
    /// The server refused, or failed in the middle of its answer, whose status says nothing then.
    case refused(status: Int?, message: String)
    /// The stream ended, or fell silent, before the answer was complete.
    case broken(String)
    /// The server sent what is not of the chat API.
    case malformed(String)
    /// The server sent more than the limit of the given name, in bytes.
    case tooLarge(limit: String, bytes: Int)

    package var description: String {
        switch self {
        case .unreachable(let url, let reason): "cannot reach \(url): \(reason)"
        case .refused(let status?, let message): "the server answered \(status): \(message)"
        case .refused(nil, let message): "the server failed: \(message)"
        case .broken(let reason): "the answer broke off: \(reason)"
        case .malformed(let reason): "the server's answer makes no sense: \(reason)"
        case .tooLarge(let limit, let bytes): "the server sent more than the \(limit) limit of \(bytes) bytes"
        }
    }
}
