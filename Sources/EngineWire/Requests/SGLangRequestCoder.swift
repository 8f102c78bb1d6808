import ServingModel

/// Writes SGLang's `GenerateRequest`.
struct SGLangRequestCoder {
    private let request: GenerationRequest
    private let form: ConstraintForm
    private let endTokens: [TokenID]

    init(_ request: GenerationRequest, _ form: ConstraintForm, _ endTokens: [TokenID]) {
        self.request = request
        self.form = form
        self.endTokens = endTokens
    }

    func append(wireID: String, to bytes: inout [UInt8]) {
        bytes.appendField(1, wireID)
        bytes.appendMessage(2, tokens: request.prompt, in: 2)
        bytes.appendMessage(4) { bytes in
            appendSampling(to: &bytes)
            appendStop(to: &bytes)
            appendConstraint(to: &bytes)
        }
        appendReports(to: &bytes)
        bytes.appendFlag(17, request.isStreamed)
    }

    private func appendSampling(to bytes: inout [UInt8]) {
        let sampling = request.sampling
        // Absent is 0 here, and not 1 as in the other dialects.
        bytes.appendField(1, sampling.temperature)
        if sampling.topP != 1 { bytes.appendField(2, sampling.topP) }
        if let topK = sampling.topK { bytes.appendField(3, count: topK) }
        if sampling.minP != 0 { bytes.appendField(4, sampling.minP) }
        if sampling.frequencyPenalty != 0 { bytes.appendField(5, sampling.frequencyPenalty) }
        if sampling.presencePenalty != 0 { bytes.appendField(6, sampling.presencePenalty) }
        if sampling.repetitionPenalty != 1 { bytes.appendField(7, sampling.repetitionPenalty) }
        for (token, bias) in sampling.logitBias {
            bytes.appendMessage(22) { entry in
                entry.appendField(1, String(token.rawValue))
                entry.appendField(2, bias)
            }
        }
        bytes.appendField(17, count: request.choicesToCompute)
    }

    private func appendStop(to bytes: inout [UInt8]) {
        bytes.appendField(8, count: request.tokensToGenerate)
        bytes.appendTokens(10, endTokens)
        if request.stop.minTokens > 0 { bytes.appendField(18, count: request.stop.minTokens) }
        bytes.appendFlag(19, request.stop.ignoresEndOfSequence)
    }

    private func appendConstraint(to bytes: inout [UInt8]) {
        switch form {
        case .none: break
        case .jsonObject: bytes.appendField(14, ConstraintForm.objectSchema)
        case .jsonSchema(let schema): bytes.appendField(14, schema)
        case .structuralTag(let tag): bytes.appendField(16, tag)
        }
    }

    /// Log-probabilities are after the temperature here, unless the engine runs with SGLANG_RETURN_ORIGINAL_LOGPROB;
    /// exactly as many candidates come as are asked for.
    private func appendReports(to bytes: inout [UInt8]) {
        guard request.topLogprobs != nil || request.reportsPromptLogprobs else { return }
        bytes.appendFlag(5, true)
        // Absent is 0, which reports the whole prompt.
        if !request.reportsPromptLogprobs { bytes.appendField(6, Int32(-1)) }
        bytes.appendField(7, count: request.topLogprobs ?? 0)
    }
}
