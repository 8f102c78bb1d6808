import ServingModel

/// Writes vLLM's `GenerateRequest`.
struct VLLMRequestCoder {
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
            appendReports(to: &bytes)
            appendConstraint(to: &bytes)
        }
        bytes.appendFlag(5, request.isStreamed)
    }

    private func appendSampling(to bytes: inout [UInt8]) {
        let sampling = request.sampling
        bytes.appendField(1, sampling.temperature)
        if sampling.topP != 1 { bytes.appendField(2, sampling.topP) }
        if let topK = sampling.topK { bytes.appendField(3, count: topK) }
        if sampling.minP != 0 { bytes.appendField(4, sampling.minP) }
        if sampling.frequencyPenalty != 0 { bytes.appendField(5, sampling.frequencyPenalty) }
        if sampling.presencePenalty != 0 { bytes.appendField(6, sampling.presencePenalty) }
        if sampling.repetitionPenalty != 1 { bytes.appendField(7, sampling.repetitionPenalty) }
        if let seed = sampling.seed { bytes.appendField(24, Self.folded(seed)) }
        for (token, bias) in sampling.logitBias {
            bytes.appendMessage(26) { entry in
                entry.appendField(1, token.rawValue)
                entry.appendField(2, bias)
            }
        }
        bytes.appendField(15, count: request.choicesToCompute)
    }

    private func appendStop(to bytes: inout [UInt8]) {
        bytes.appendField(8, count: request.tokensToGenerate)
        if request.stop.minTokens > 0 { bytes.appendField(9, count: request.stop.minTokens) }
        bytes.appendTokens(11, endTokens)
        bytes.appendFlag(14, request.stop.ignoresEndOfSequence)
    }

    private func appendReports(to bytes: inout [UInt8]) {
        if let top = request.topLogprobs { bytes.appendField(22, count: Self.candidates(top)) }
        if request.reportsPromptLogprobs {
            bytes.appendField(23, count: Self.candidates(request.topLogprobs ?? 0))
        }
    }

    private func appendConstraint(to bytes: inout [UInt8]) {
        switch form {
        case .none: return
        case .jsonObject: bytes.appendFlag(20, true)
        case .jsonSchema(let schema): bytes.appendField(16, schema)
        case .structuralTag(let tag): bytes.appendField(19, tag)
        }
        // Drover's own trigger says when a constraint begins. The server in Rust hears this; the one in Python does
        // not, and waits for the end of reasoning if the engine was started with a parser of it.
        bytes.appendFlag(28, true)
    }

    /// How many candidates to ask for so that the likeliest `top` are among what comes.
    ///
    /// vLLM puts the token itself first and the servicer cuts the list: of one that is not among the likeliest itself,
    /// the last of them would be missing. 20 is the most that an engine allows as it is started by default, where that
    /// remains so. None asks for the token's own, which works.
    private static func candidates(_ top: Int) -> Int { (1..<20).contains(top) ? top + 1 : top }

    /// A seed of 64 bits in the 31 that there are: what is below 2³¹ stays as it is, and the higher bits are added
    /// without carry. A negative one will not do, for -1 is none.
    static func folded(_ seed: UInt64) -> Int32 {
        Int32(truncatingIfNeeded: (seed ^ seed >> 31 ^ seed >> 62) & 0x7FFF_FFFF)
    }
}
