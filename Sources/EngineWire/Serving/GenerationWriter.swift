package import ServingModel

/// Writes the messages in which an engine answers Generate: what `GenerationReader` reads.
package struct GenerationWriter: Sendable {
    /// Log-probabilities of a prompt's tokens; the first has none.
    package struct PromptLogprobs: Sendable {
        package var tokens: [TokenID]
        package var logprobs: [TokenLogprobs?]

        package init(tokens: [TokenID], logprobs: [TokenLogprobs?]) {
            self.tokens = tokens
            self.logprobs = logprobs
        }
    }

    private let fields: GenerationFields
    private let wireID: String
    private let promptTokens: Int

    package init(_ dialect: EngineDialect, wireID: String, promptTokens: Int) {
        fields = GenerationFields(dialect)
        self.wireID = wireID
        self.promptTokens = promptTokens
    }

    /// Appends the message of some new tokens. Dialects that have no place there for the prompt's log-probabilities
    /// leave them to the completion.
    package func appendChunk(_ part: GenerationPart, prompt: PromptLogprobs? = nil, to bytes: inout [UInt8]) {
        append(fields.chunk, to: &bytes) { bytes in append(part, prompt, fields.inChunk, to: &bytes) }
    }

    /// Appends the message that a choice has ended.
    package func appendComplete(
        _ part: GenerationPart, _ end: GenerationPart.End, prompt: PromptLogprobs? = nil, to bytes: inout [UInt8]
    ) {
        append(fields.complete, to: &bytes) { bytes in
            append(part, prompt, fields.inComplete, to: &bytes)
            switch end {
            case .length: bytes.appendField(fields.finishReason, "length")
            case .abort: bytes.appendField(fields.finishReason, "abort")
            case .stop(let match):
                bytes.appendField(fields.finishReason, "stop")
                switch match {
                case .token(let token): bytes.appendField(fields.matchedToken, token.rawValue)
                case .text(let text): bytes.appendField(fields.matchedText, text)
                case nil: break
                }
            }
        }
    }

    private func append(_ kind: Int, to bytes: inout [UInt8], _ body: (inout [UInt8]) -> Void) {
        if let requestID = fields.requestID { bytes.appendField(requestID, wireID) }
        bytes.appendMessage(kind, body)
    }

    private func append(
        _ part: GenerationPart, _ prompt: PromptLogprobs?, _ common: GenerationFields.Common, to bytes: inout [UInt8]
    ) {
        bytes.appendTokens(common.tokens, part.tokens)
        append(promptTokens, common.promptTokens, to: &bytes)
        append(part.completionTokens, common.completionTokens, to: &bytes)
        append(part.cachedTokens, common.cachedTokens, to: &bytes)
        append(part.choice, common.index, to: &bytes)
        if fields.isLogprobPerToken {
            for (token, logprobs) in zip(part.tokens, part.logprobs) {
                append(token, logprobs, common.logprobs, to: &bytes)
            }
        } else if !part.logprobs.isEmpty {
            append(part, common.logprobs, to: &bytes)
        }
        guard let prompt, let field = common.promptLogprobs else { return }
        if fields.isLogprobPerToken {
            for (token, logprobs) in zip(prompt.tokens, prompt.logprobs) { append(token, logprobs, field, to: &bytes) }
        } else {
            append(prompt, field, to: &bytes)
        }
    }

    private func append(_ count: Int, _ field: Int, to bytes: inout [UInt8]) {
        if count != 0 { bytes.appendField(field, count: count) }
    }

    // MARK: Log-probabilities

    /// TensorRT-LLM's: a message for each token. It has no way to say that the first of a prompt has none: that is 0.
    private func append(_ token: TokenID, _ logprobs: TokenLogprobs?, _ field: Int, to bytes: inout [UInt8]) {
        bytes.appendMessage(field) { bytes in
            bytes.appendField(1, token.rawValue)
            guard let logprobs else { return }
            bytes.appendField(2, logprobs.logprob)
            for candidate in logprobs.top {
                bytes.appendMessage(3) { bytes in
                    bytes.appendField(1, candidate.id.rawValue)
                    bytes.appendField(2, candidate.logprob)
                }
            }
        }
    }

    /// vLLM's and SGLang's for generated tokens: a row of log-probabilities, a row of tokens, and the likeliest.
    private func append(_ part: GenerationPart, _ field: Int, to bytes: inout [UInt8]) {
        bytes.appendMessage(field) { bytes in
            bytes.appendFloats(1, part.logprobs.map(\.logprob))
            bytes.appendTokens(2, Array(part.tokens.prefix(part.logprobs.count)))
            guard part.logprobs.contains(where: { !$0.top.isEmpty }) else { return }
            for logprobs in part.logprobs { append(likeliest: logprobs, to: &bytes) }
        }
    }

    /// The same for a prompt, of which each log-probability is a message, so that the first can be none.
    private func append(_ prompt: PromptLogprobs, _ field: Int, to bytes: inout [UInt8]) {
        bytes.appendMessage(field) { bytes in
            for logprobs in prompt.logprobs {
                bytes.appendMessage(1) { bytes in
                    if let logprobs { bytes.appendField(1, logprobs.logprob) }
                }
            }
            bytes.appendTokens(2, prompt.tokens)
            guard prompt.logprobs.contains(where: { $0?.top.isEmpty == false }) else { return }
            for logprobs in prompt.logprobs { append(likeliest: logprobs, to: &bytes) }
        }
    }

    private func append(likeliest logprobs: TokenLogprobs?, to bytes: inout [UInt8]) {
        bytes.appendMessage(3) { bytes in
            guard let top = logprobs?.top else { return }
            bytes.appendFloats(1, top.map(\.logprob))
            bytes.appendTokens(2, top.map(\.id))
        }
    }
}

extension [UInt8] {
    /// Appends numbers as a packed `repeated float`, or nothing if there are none.
    fileprivate mutating func appendFloats(_ field: Int, _ values: [Float]) {
        guard !values.isEmpty else { return }
        appendTag(field, .lengthDelimited)
        appendVarint(UInt64(values.count * 4))
        for value in values {
            Swift.withUnsafeBytes(of: value.bitPattern.littleEndian) { append(contentsOf: $0) }
        }
    }
}
