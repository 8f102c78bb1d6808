private import JSONBytes

/// What a client is told when its request is not served: an HTTP status and OpenAI's error object.
package struct APIError: Error, Sendable, Equatable {
    /// The HTTP status code.
    package let status: Int
    /// OpenAI's class of error, such as `invalid_request_error`.
    package let type: String
    /// The machine-readable reason.
    package let code: String?
    /// A sentence for a person.
    package let message: String
    /// The path of the request field at fault.
    package let param: String?
    /// The value of the `Retry-After` header.
    package let retryAfterSeconds: Int?
    /// The value of the `Allow` header, for a method that is not allowed.
    package let allowedMethods: [String]

    package init(
        status: Int, type: String = "invalid_request_error", code: String? = nil, message: String,
        param: String? = nil, retryAfterSeconds: Int? = nil, allowedMethods: [String] = []
    ) {
        self.status = status
        self.type = type
        self.code = code
        self.message = message
        self.param = param
        self.retryAfterSeconds = retryAfterSeconds
        self.allowedMethods = allowedMethods
    }

    /// Appends `{"error":{…}}`, the body of a response.
    package func append(to bytes: inout [UInt8]) {
        var writer = JSONWriter(reserving: 128 + message.utf8.count)
        writer.raw(#"{"error":{"message":"#)
        writer.write(message)
        writer.raw(#","type":"#)
        writer.write(type)
        writer.raw(#","param":"#)
        Self.append(param, to: &writer)
        writer.raw(#","code":"#)
        Self.append(code, to: &writer)
        writer.raw("}}")
        bytes += writer.bytes
    }

    private static func append(_ text: String?, to writer: inout JSONWriter) {
        if let text { writer.write(text) } else { writer.raw("null") }
    }
}
