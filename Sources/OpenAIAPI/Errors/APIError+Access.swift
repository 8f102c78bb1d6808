// MARK: Who may ask

extension APIError {
    package static let missingKey = unauthorized(
        "This server needs an API key: send it as 'Authorization: Bearer KEY' or as 'x-api-key: KEY'.")

    package static let malformedKey = unauthorized(
        "The API key that came with the request is none: send it as 'Authorization: Bearer KEY' or as 'x-api-key: KEY'."
    )

    package static let severalKeys = unauthorized("The request came with more than one API key.")

    package static let wrongKey = unauthorized("The API key that came with the request is not known here.")

    /// A key that is known, and does not open this.
    package static let insufficientKey = APIError(
        status: 403, code: "insufficient_permissions",
        message: "The API key that came with the request does not permit this.")

    private static func unauthorized(_ message: String) -> APIError {
        APIError(status: 401, code: "invalid_api_key", message: message)
    }
}
