import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What an error of the transport means.
struct TransportFault {
    let cause: HTTPForwardFailure.Cause
    let reason: String

    static func of(_ error: any Error, limits: HTTPUpstreamLimits) -> TransportFault {
        let closed = "the server closed the connection"
        return switch error {
        case let error as HTTPClientError: of(error, limits: limits)
        case let error as NIOConnectionError: TransportFault(cause: .unreachable, reason: reason(error))
        case HTTPParserError.invalidEOFState: TransportFault(cause: .lost, reason: closed)
        case let error as HTTPParserError:
            TransportFault(cause: .malformed, reason: "the server's answer is no HTTP (\(error))")
        case let error as IOError where [ECONNRESET, EPIPE].contains(error.errnoCode):
            TransportFault(cause: .lost, reason: closed)
        case let error as IOError: TransportFault(cause: .lost, reason: reason(error))
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            TransportFault(cause: .unreachable, reason: "no TLS with the server (\(error))")
        default: TransportFault(cause: .lost, reason: "\(error)")
        }
    }

    private static func of(_ error: HTTPClientError, limits: HTTPUpstreamLimits) -> TransportFault {
        switch error {
        case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout:
            TransportFault(cause: .unreachable, reason: "no connection within \(limits.connectSeconds) s")
        case .deadlineExceeded: TransportFault(cause: .silent, reason: "no answer in time")
        case .remoteConnectionClosed: TransportFault(cause: .lost, reason: "the server closed the connection")
        case .cancelled, .alreadyShutdown: TransportFault(cause: .stopping, reason: "the gateway leaves the server")
        default: TransportFault(cause: .malformed, reason: error.shortDescription)
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
