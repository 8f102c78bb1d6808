import OpenAIAPI

/// What a client gets for an answer of an upstream that is no success.
///
/// OpenAI's error objects pass as they are, and what other servers say is put into one. Redirections, and refusals of
/// the key that the gateway holds, are no fault of the client and become 502.
struct UpstreamErrorAnswer: Equatable {
    let status: Int
    let body: [UInt8]

    /// Characters that are taken of a body which is no JSON.
    private static let textLimit = 300

    /// - Parameters:
    ///   - status: the upstream's, of 300 and more.
    ///   - body: the upstream's, maybe cut off.
    init(status: Int, body: [UInt8]) {
        let text = UpstreamErrorText(parsing: body)
        let error: APIError
        switch status {
        case 300..<400: error = .upstreamFault("The engine answers with a redirection, which is not followed.")
        case 401, 403, 407: error = .upstreamFault("The engine refuses the gateway's credentials.")
        case _ where text?.isOpenAIs == true:
            self.status = status
            self.body = body
            return
        default:
            let message = text?.message ?? Self.firstLine(of: body) ?? "The engine answered with status \(status)."
            error = APIError(status: status, type: Self.type(of: status), message: message, param: text?.param)
        }
        self.status = error.status
        var bytes: [UInt8] = []
        error.append(to: &bytes)
        self.body = bytes
    }

    private static func type(of status: Int) -> String {
        switch status {
        case 429: "rate_limit_error"
        case ..<500: "invalid_request_error"
        case 503: "service_unavailable_error"
        default: "server_error"
        }
    }

    /// The first line of a text that is none of a page for people.
    private static func firstLine(of body: [UInt8]) -> String? {
        let lines = String(decoding: body, as: UTF8.self).split(whereSeparator: \.isNewline)
        guard let first = lines.first(where: { !$0.allSatisfy(\.isWhitespace) }), !first.hasPrefix("<") else {
            return nil
        }
        return first.count > textLimit ? first.prefix(textLimit) + "…" : String(first)
    }
}

extension APIError {
    /// An upstream that is set up wrongly; `message` is a sentence.
    fileprivate static func upstreamFault(_ message: String) -> APIError {
        APIError(status: 502, type: "server_error", code: "bad_gateway", message: message)
    }
}
