import JSONBytes

/// What an error of an upstream says, wherever it puts it.
struct UpstreamErrorText {
    let message: String
    /// The request field at fault.
    let param: String?
    /// Whether it is an object `error` with a message, as OpenAI's clients read it.
    let isOpenAIs: Bool

    /// Reads OpenAI's form and its relatives: the error as a string, vLLM's and SGLang's without `error` around it, and
    /// FastAPI's `detail`, a sentence or a list of what does not fit.
    ///
    /// Returns nil for anything else.
    init?(parsing body: [UInt8]) {
        guard case .object(let object)? = try? JSONValue(parsing: body) else { return nil }
        if let error = object.object("error"), let message = error.string("message") {
            (self.message, param, isOpenAIs) = (message, error.string("param"), true)
        } else if let message = object.string("error") ?? object.string("message") ?? object.string("detail") {
            (self.message, param, isOpenAIs) = (message, object.string("param"), false)
        } else if let faults = object.array("detail") {
            let texts: [String] = faults.compactMap { fault in
                guard case .object(let fault) = fault, let message = fault.string("msg") else { return nil }
                let path: [String] = (fault.array("loc") ?? []).dropFirst().compactMap { step in
                    switch step {
                    case .string(let name): name
                    case .integer(let index): String(index)
                    default: nil
                    }
                }
                return path.isEmpty ? message : "\(path.joined(separator: ".")): \(message)"
            }
            guard !texts.isEmpty else { return nil }
            (message, param, isOpenAIs) = (texts.joined(separator: "; "), nil, false)
        } else {
            return nil
        }
    }
}
