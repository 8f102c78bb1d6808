/// How a call ended.
package struct RPCStatus: Error, Sendable, Equatable {
    package var code: RPCStatusCode
    package var message: String
    /// The server certainly did not look at the call (refused, above a GOAWAY's last, never sent): safe to send again.
    package var isUnprocessed: Bool
    /// Said by the server in `grpc-status`; false if the connection or the framing failed.
    package var isFromServer: Bool

    package init(
        _ code: RPCStatusCode, _ message: String = "", isUnprocessed: Bool = false, isFromServer: Bool = false
    ) {
        self.code = code
        self.message = message
        self.isUnprocessed = isUnprocessed
        self.isFromServer = isFromServer
    }

    package static let ok = RPCStatus(.ok)
}

extension RPCStatus: CustomStringConvertible {
    package var description: String { message.isEmpty ? "\(code)" : "\(code): \(message)" }
}

extension RPCStatus {
    /// What a server means that resets a stream: the table of gRPC's "HTTP2 Transport Mapping".
    init(resetWith code: UInt32) {
        let mapped: RPCStatusCode =
            switch HTTP2ErrorKind(rawValue: code) {
            case .refusedStream: .unavailable
            case .cancel: .cancelled
            case .enhanceYourCalm: .resourceExhausted
            case .inadequateSecurity: .permissionDenied
            case nil: .unknown
            default: .internal
            }
        self.init(
            mapped, "the server reset the stream: \(HTTP2ErrorKind.name(of: code))",
            isUnprocessed: code == HTTP2ErrorKind.refusedStream.rawValue)
    }

    /// What an HTTP status means that comes without a `grpc-status`: gRPC's "HTTP to gRPC Status Code Mapping".
    init(httpStatus: Int, contentType: String?) {
        let mapped: RPCStatusCode =
            switch httpStatus {
            case 400: .internal
            case 401: .unauthenticated
            case 403: .permissionDenied
            case 404: .unimplemented
            case 429, 502, 503, 504: .unavailable
            default: .unknown
            }
        let what = httpStatus == 200 ? "which is not gRPC" : "without a grpc-status"
        self.init(mapped, "the server answered HTTP \(httpStatus) with content-type \(contentType ?? "none"), \(what)")
    }
}
