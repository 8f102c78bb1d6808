import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the transport's errors mean to a person.
enum TransportError {
    static func failure(_ error: any Error, url: ServerURL, limits: ChatLimits) -> ChatFailure {
        switch error {
        case let error as HTTPClientError: failure(error, url: url, limits: limits)
        case let error as NIOConnectionError: .unreachable(url: url.description, reason: reason(error))
        case HTTPParserError.invalidEOFState: .broken("the server closed the connection")
        case let error as IOError where error.errnoCode == ECONNRESET || error.errnoCode == EPIPE:
            .broken("the server closed the connection")
        case let error as IOError: .unreachable(url: url.description, reason: reason(error))
        default: .unreachable(url: url.description, reason: "\(error)")
        }
    }

    private static func failure(_ error: HTTPClientError, url: ServerURL, limits: ChatLimits) -> ChatFailure {
        switch error {
        case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout:
            .unreachable(url: url.description, reason: "no connection within \(limits.connectSeconds) s")
        case .readTimeout: .broken("the server said nothing for \(limits.idleSeconds) s")
        case .remoteConnectionClosed: .broken("the server closed the connection")
        default: .unreachable(url: url.description, reason: error.shortDescription)
        }
    }

    private static func reason(_ error: NIOConnectionError) -> String {
        if let first = error.connectionErrors.first {
            return (first.error as? IOError).map(reason) ?? "\(first.error)"
        }
        return "there is no host '\(error.host)'"
    }

    private static func reason(_ error: IOError) -> String {
        strerror(error.errnoCode).map { String(cString: $0) } ?? "system error \(error.errnoCode)"
    }
}
