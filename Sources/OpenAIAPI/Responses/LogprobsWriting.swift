import JSONBytes

/// The two forms of log-probabilities in OpenAI's API.
enum LogprobsWriting {
    /// The least value that is reported, as the API has it: very unlikely.
    private static let floor: Float = -9999

    /// Appends a chat choice's `logprobs`: `{"content":[{"token","logprob","bytes","top_logprobs"}],"refusal":null}`.
    static func appendChat(_ tokens: some Collection<TokenReport>, to bytes: inout [UInt8]) {
        bytes.append(#"{"content":["#)
        var isFirst = true
        for token in tokens {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            appendCandidate(token.bytes, logprob: token.logprob ?? floor, to: &bytes)
            bytes.append(#","top_logprobs":["#)
            for (rank, candidate) in token.top.enumerated() {
                if rank > 0 { bytes.append(UInt8(ascii: ",")) }
                appendCandidate(candidate.bytes, logprob: candidate.logprob, to: &bytes)
                bytes.append(UInt8(ascii: "}"))
            }
            bytes.append("]}")
        }
        bytes.append(#"],"refusal":null}"#)
    }

    /// Appends a completion choice's `logprobs`: parallel arrays.
    static func appendCompletion(_ tokens: some Collection<TokenReport>, to bytes: inout [UInt8]) {
        bytes.append(#"{"tokens":["#)
        appendList(tokens, to: &bytes) { appendText($0.bytes, mark: "bytes:", to: &$1) }
        bytes.append(#"],"token_logprobs":["#)
        appendList(tokens, to: &bytes) { append($0.logprob, to: &$1) }
        bytes.append(#"],"top_logprobs":["#)
        appendList(tokens, to: &bytes) { appendCandidates($0, to: &$1) }
        bytes.append(#"],"text_offset":["#)
        appendList(tokens, to: &bytes) { $1.append(decimal: $0.textOffset) }
        bytes.append("]}")
    }

    private static func appendList(
        _ tokens: some Collection<TokenReport>, to bytes: inout [UInt8],
        _ append: (TokenReport, inout [UInt8]) -> Void
    ) {
        var isFirst = true
        for token in tokens {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            append(token, &bytes)
        }
    }

    /// Appends `{"token":…,"logprob":…,"bytes":[…]`, without the closing brace.
    private static func appendCandidate(_ token: [UInt8], logprob: Float, to bytes: inout [UInt8]) {
        bytes.append(#"{"token":"#)
        appendText(token, mark: "", to: &bytes)
        bytes.append(#","logprob":"#)
        append(logprob, to: &bytes)
        bytes.append(#","bytes":["#)
        for (index, byte) in token.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(decimal: Int(byte))
        }
        bytes.append("]")
    }

    /// Appends an object from token to log-probability; null for a token without one.
    private static func appendCandidates(_ token: TokenReport, to bytes: inout [UInt8]) {
        guard token.logprob != nil else { return bytes.append("null") }
        bytes.append("{")
        for (rank, candidate) in token.top.enumerated() {
            if rank > 0 { bytes.append(UInt8(ascii: ",")) }
            appendText(candidate.bytes, mark: "bytes:", to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            append(candidate.logprob, to: &bytes)
        }
        bytes.append("}")
    }

    private static func append(_ logprob: Float?, to bytes: inout [UInt8]) {
        guard let logprob else { return bytes.append("null") }
        // The maximum of not-a-number and the floor is the floor.
        bytes.append(contentsOf: "\(logprob > floor ? min(logprob, 0) : floor)".utf8)
    }

    /// Appends a token as a string; one that is not whole characters is written as OpenAI does, `\xe2\x82`.
    private static func appendText(_ token: [UInt8], mark: StaticString, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        if String(validating: token, as: UTF8.self) != nil {
            token.withUnsafeBufferPointer { JSONEscaping.append($0, to: &bytes) }
        } else {
            bytes.append(mark)
            for byte in token {
                bytes.append(#"\\x"#)
                for digit in [byte >> 4, byte & 15] { bytes.append(digit + (digit < 10 ? 48 : 87)) }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
