import ServingModel

/// What all dialects are asked alike.
extension GenerationRequest {
    /// How many choices an engine computes. Where it always takes the likeliest token all choices are the same, and
    /// vLLM and TensorRT-LLM refuse to compute it more than once.
    var choicesToCompute: Int { sampling.temperature == 0 ? 1 : choices }

    /// No engine generates nothing; what is generated too much is dropped from the answer.
    var tokensToGenerate: Int { max(stop.maxTokens, 1) }

    /// The tokens that end a choice.
    ///
    /// - Parameter endTokens: the tokens that end what the model says, as far as they are known. Engines know some of
    ///   them by themselves.
    func endTokens(with endTokens: [TokenID]) -> [TokenID] {
        var tokens = stop.stopTokens
        if !stop.ignoresEndOfSequence {
            for token in endTokens where !tokens.contains(token) { tokens.append(token) }
        }
        return tokens
    }
}
