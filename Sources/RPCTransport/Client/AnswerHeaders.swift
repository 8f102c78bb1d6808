import NIOHPACK

/// What counts in an answer's header block.
struct AnswerHeaders {
    /// `:status`; nil in trailers.
    var httpStatus: Int?
    var contentType: String?
    /// `grpc-status` as it came.
    var grpcStatus: String?
    var grpcMessage = ""

    init(_ headers: HPACKHeaders) {
        for (name, value, _) in headers {
            switch name {
            case ":status": httpStatus = Int(value) ?? 0
            case "content-type": contentType = value
            case "grpc-status": grpcStatus = value
            case "grpc-message": grpcMessage = value
            default: break
            }
        }
    }

    var isInformational: Bool { httpStatus.map { (100..<200).contains($0) } ?? false }

    var isGRPC: Bool {
        guard httpStatus == 200, let contentType else { return false }
        let plain = "application/grpc"
        guard contentType.hasPrefix(plain) else { return false }
        return contentType.utf8.count == plain.utf8.count
            || "+;".contains(contentType.dropFirst(plain.count).first ?? " ")
    }

    /// The end that trailers tell of; nil without a `grpc-status`.
    var status: RPCStatus? {
        guard let grpcStatus else { return nil }
        let code = Int(grpcStatus).flatMap(RPCStatusCode.init)
        let message = PercentCoding.decode(grpcMessage)
        guard let code else {
            return RPCStatus(.unknown, "grpc-status \(grpcStatus): \(message)", isFromServer: true)
        }
        return RPCStatus(code, message, isFromServer: true)
    }
}
