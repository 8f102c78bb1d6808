import ServingModel

/// Writes TensorRT-LLM's `GenerateRequest`.
struct TRTLLMRequestCoder {
    /// `GuidedDecodingParams.GuideType`.
    private enum GuideType: UInt64 {
        case jsonSchema = 2
        case structuralTag = 5
    }

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
        bytes.appendMessage(3) { appendSampling(to: &$0) }
        if let top = request.topLogprobs {
            // Versions differ in whether 0 asks for the token's own or for nothing.
            bytes.appendMessage(4) { $0.appendField(1, count: max(top, 1)) }
        }
        bytes.appendField(5, count: request.tokensToGenerate)
        bytes.appendFlag(6, request.isStreamed)
        appendConstraint(to: &bytes)
        // The engine keeps its own end of sequence from coming before `min_tokens`, but not these.
        bytes.appendTokens(22, request.stop.minTokens > 0 ? [] : endTokens)
        bytes.appendFlag(23, request.stop.ignoresEndOfSequence)
        bytes.appendFlag(26, true)
    }

    private func appendSampling(to bytes: inout [UInt8]) {
        let sampling = request.sampling
        bytes.appendField(2, count: request.choicesToCompute)
        // Only one candidate is greedy in every version; a temperature of 0 is so in the later ones.
        if let topK = sampling.temperature == 0 ? 1 : sampling.topK { bytes.appendField(3, count: topK) }
        // Without it versions before 1.0 take a request that has no `top_k` for a greedy one.
        bytes.appendField(4, sampling.topP)
        if let seed = sampling.seed { bytes.appendField(8, seed) }
        bytes.appendField(9, sampling.temperature)
        if request.stop.minTokens > 0 { bytes.appendField(10, count: request.stop.minTokens) }
        if sampling.repetitionPenalty != 1 { bytes.appendField(12, sampling.repetitionPenalty) }
        if sampling.presencePenalty != 0 { bytes.appendField(13, sampling.presencePenalty) }
        if sampling.frequencyPenalty != 0 { bytes.appendField(14, sampling.frequencyPenalty) }
        if sampling.minP != 0 { bytes.appendField(19, sampling.minP) }
    }

    private func appendConstraint(to bytes: inout [UInt8]) {
        let type: GuideType
        let guide: String
        switch form {
        case .none: return
        // The engine's own type for JSON allows other values than objects.
        case .jsonObject: (type, guide) = (.jsonSchema, ConstraintForm.objectSchema)
        case .jsonSchema(let schema): (type, guide) = (.jsonSchema, schema)
        case .structuralTag(let tag): (type, guide) = (.structuralTag, tag)
        }
        bytes.appendMessage(11) { bytes in
            bytes.appendField(1, type.rawValue)
            bytes.appendField(2, guide)
        }
    }
}
