import JSONBytes
package import ServingModel

// MARK: The request's content

extension APIError {
    static func invalidJSON(_ error: JSONError) -> APIError {
        APIError(
            status: 400, code: "invalid_json",
            message: "The body of the request is not valid JSON: \(error.description).")
    }

    static func missing(_ param: String) -> APIError {
        APIError(
            status: 400, code: "missing_required_parameter", message: "Missing required parameter: '\(param)'.",
            param: param)
    }

    static func wrongType(_ param: String, expected: String, got value: JSONValue) -> APIError {
        APIError(
            status: 400, code: "invalid_type",
            message: "Invalid type for '\(param)': expected \(expected), but got \(value.typeName) instead.",
            param: param)
    }

    /// A value of the right type that is not allowed; `expected` says what is, `got` what came.
    static func wrongValue(_ param: String, expected: String, got: String) -> APIError {
        invalid(param, "expected \(expected), but got \(excerpt(got)) instead")
    }

    /// A field that cannot be served as it is, for a reason that is a clause without a full stop.
    package static func invalid(_ param: String, _ reason: String) -> APIError {
        APIError(status: 400, code: "invalid_value", message: "Invalid '\(param)': \(reason).", param: param)
    }

    static func unknown(_ param: String) -> APIError {
        let param = excerpt(param)
        return APIError(
            status: 400, code: "unknown_parameter", message: "Unrecognized request argument supplied: \(param)",
            param: param)
    }

    static func unsupported(_ param: String, because reason: String) -> APIError {
        APIError(
            status: 400, code: "unsupported_parameter", message: "Unsupported parameter: '\(param)': \(reason).",
            param: param)
    }

    static func unsupportedValue(_ param: String, only allowed: String, because reason: String) -> APIError {
        APIError(
            status: 400, code: "unsupported_value",
            message: "Unsupported value: '\(param)' can only be \(allowed) here: \(reason).", param: param)
    }

    /// A field that an engine does not take; `condition` says with what, if it depends.
    static func unsupported(
        _ param: String, by engine: EngineKind, _ condition: String = "", because reason: String
    ) -> APIError {
        let condition = condition.isEmpty ? "" : " " + condition
        return unsupported(param, because: "the engine '\(engine.title)' does not take it\(condition): \(reason)")
    }

    /// A prompt, or a prompt with the completion that was asked for, that needs more tokens than the context has.
    package static func contextLengthExceeded(
        contextTokens: Int, promptTokens: Int, completionTokens: Int? = nil, param: String = "messages"
    ) -> APIError {
        let lead = "This model's maximum context length is \(contextTokens) tokens. However, "
        let rest: String
        if let completionTokens, promptTokens < contextTokens {
            rest =
                "you requested \(promptTokens + completionTokens) tokens (\(promptTokens) in the \(param), "
                + "\(completionTokens) in the completion). Please reduce the length of the \(param) or completion."
        } else {
            rest =
                "your \(param) resulted in \(promptTokens) tokens. Please reduce the length of the \(param)."
        }
        return APIError(status: 400, code: "context_length_exceeded", message: lead + rest, param: param)
    }
}

extension APIError {
    /// The beginning of what a client sent, so that an answer does not grow with the request.
    private static func excerpt(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(100)
        return scalars.endIndex == text.endIndex ? text : String(scalars) + "…"
    }
}

// MARK: The request's envelope

extension APIError {
    /// Refuses a request whose HTTP framing or headers are malformed; `reason` is a sentence.
    package static func badRequest(_ reason: String) -> APIError {
        APIError(status: 400, code: "bad_request", message: reason)
    }

    package static func modelNotFound(_ model: ModelID) -> APIError {
        APIError(
            status: 404, code: "model_not_found", message: "The model '\(excerpt(model.rawValue))' does not exist.",
            param: "model")
    }

    package static func notFound(method: String, path: String) -> APIError {
        APIError(status: 404, code: "unknown_url", message: "Unknown request URL: \(method) \(excerpt(path)).")
    }

    package static func methodNotAllowed(method: String, path: String, allowed: [String]) -> APIError {
        APIError(
            status: 405, code: "method_not_allowed",
            message: "\(excerpt(path)) does not allow \(method); it allows \(allowed.joined(separator: ", ")).",
            allowedMethods: allowed)
    }

    /// The client did not send its request in time.
    package static let requestTimeout = APIError(
        status: 408, code: "request_timeout", message: "The request did not arrive in time.")

    package static func bodyTooLarge(limitBytes: Int) -> APIError {
        APIError(
            status: 413, code: "request_too_large", message: "The body of the request exceeds \(limitBytes) bytes.")
    }

    package static func unsupportedMediaType(_ type: String) -> APIError {
        APIError(
            status: 415, code: "unsupported_media_type",
            message: "The body of the request must be application/json, not \(excerpt(type)).")
    }

    package static func headerFieldsTooLarge(limitBytes: Int) -> APIError {
        APIError(
            status: 431, code: "request_header_fields_too_large",
            message: "The headers of the request exceed \(limitBytes) bytes.")
    }
}

// MARK: The server's state

extension APIError {
    package static func queueFull(limit: Int, retryAfterSeconds: Int) -> APIError {
        APIError(
            status: 429, type: "rate_limit_error", code: "queue_full",
            message: "\(limit) requests are already waiting; please retry later.",
            retryAfterSeconds: retryAfterSeconds)
    }

    package static func deadlinePassed(retryAfterSeconds: Int) -> APIError {
        APIError(
            status: 503, type: "service_unavailable_error", code: "deadline_passed",
            message: "The request waited too long to be started; please retry later.",
            retryAfterSeconds: retryAfterSeconds)
    }

    package static func shuttingDown(retryAfterSeconds: Int) -> APIError {
        APIError(
            status: 503, type: "service_unavailable_error", code: "shutting_down",
            message: "The server is shutting down; please retry later.", retryAfterSeconds: retryAfterSeconds)
    }

    /// The server cannot serve at present; `reason` is a sentence.
    package static func unavailable(_ reason: String, retryAfterSeconds: Int) -> APIError {
        APIError(
            status: 503, type: "service_unavailable_error", code: "service_unavailable", message: reason,
            retryAfterSeconds: retryAfterSeconds)
    }

    /// The request was ended by its name before anything of the answer was written.
    package static let aborted = APIError(
        status: 499, type: "request_aborted", code: "request_aborted", message: "The request was aborted.")

    /// No engine could serve the request, or the one that did was lost. The cause belongs in the log.
    package static func engineUnavailable(retryAfterSeconds: Int) -> APIError {
        APIError(
            status: 503, type: "service_unavailable_error", code: "engine_unavailable",
            message: "The engine that serves this model cannot be reached, or was lost; please retry later.",
            retryAfterSeconds: retryAfterSeconds)
    }

    /// The server is at fault. The cause belongs in the log, not in the answer.
    package static let serverError = APIError(
        status: 500, type: "server_error", code: "server_error",
        message: "The server had an error while processing your request.")
}
