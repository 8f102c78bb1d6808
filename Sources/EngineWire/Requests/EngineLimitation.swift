package import ServingModel

/// A part of a generation request that an engine cannot be asked for.
package struct EngineLimitation: Sendable {
    package let dialect: EngineDialect
    /// The API's field that asks for it.
    package let field: String
    /// What there is against it, as the rest of a sentence about the field.
    package let reason: String
    /// Whether a request asks for it.
    package let applies: @Sendable (GenerationRequest) -> Bool

    /// All there are, but for output constraints that have no form in xgrammar's structural tags: those are refused when
    /// the form is made.
    package static let all: [EngineLimitation] = [
        EngineLimitation(
            .sglang, "seed", "SGLang's gRPC protocol has none; it is only allowed where the temperature is 0"
        ) { $0.sampling.seed != nil && $0.sampling.temperature > 0 },
        EngineLimitation(
            .trtllm, "logit_bias", "TensorRT-LLM's server takes a bias for every token of the vocabulary, or none"
        ) { !$0.sampling.logitBias.isEmpty },
        EngineLimitation(
            .trtllm, "echo", "TensorRT-LLM's server does not say which log-probability is of which prompt token"
        ) { $0.reportsPromptLogprobs },
        EngineLimitation(
            .trtllm, "min_tokens", "TensorRT-LLM does not hold back 'stop_token_ids' until then"
        ) { $0.stop.minTokens > 0 && !$0.stop.stopTokens.isEmpty },
    ]

    private init(
        _ dialect: EngineDialect, _ field: String, _ reason: String,
        applies: @escaping @Sendable (GenerationRequest) -> Bool
    ) {
        self.dialect = dialect
        self.field = field
        self.reason = reason
        self.applies = applies
    }
}

extension EngineDialect {
    /// What of a request this engine cannot be asked for, as the error to answer with; nil if there is nothing.
    package func refusal(of request: GenerationRequest) -> EngineError? {
        EngineLimitation.all.first { $0.dialect == self && $0.applies(request) }.map { limitation in
            .invalid(field: limitation.field, reason: limitation.reason)
        }
    }
}
