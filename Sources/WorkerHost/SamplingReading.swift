import EngineWire
import ServingModel

/// Reads the part of the sampling parameters that tells how tokens are drawn, in the bounds that vLLM has for them.
struct SamplingReading {
    let vocabularySize: Int

    func read(_ parameters: VLLMSamplingParams) throws(EngineError) -> SamplingOptions {
        var options = SamplingOptions()
        if parameters.hasTemperature {
            options.temperature = try checked(parameters.temperature, "temperature", 0...(.greatestFiniteMagnitude))
        }
        // Of these two, 0 is what a client sends that does not set them.
        if parameters.topP != 0 { options.topP = try checked(parameters.topP, "top_p", .leastNonzeroMagnitude...1) }
        if parameters.repetitionPenalty != 0 {
            options.repetitionPenalty = try checked(
                parameters.repetitionPenalty, "repetition_penalty", .leastNonzeroMagnitude...(.greatestFiniteMagnitude))
        }
        if parameters.topK != 0 { options.topK = Int(parameters.topK) }
        options.minP = try checked(parameters.minP, "min_p", 0...1)
        options.frequencyPenalty = try checked(parameters.frequencyPenalty, "frequency_penalty", -2...2)
        options.presencePenalty = try checked(parameters.presencePenalty, "presence_penalty", -2...2)
        if parameters.hasSeed { options.seed = UInt64(bitPattern: Int64(parameters.seed)) }
        for (token, bias) in parameters.logitBias {
            guard token >= 0, token < vocabularySize else {
                throw .invalid(
                    field: "sampling_params.logit_bias",
                    reason: "\(token) is no token of a vocabulary of \(vocabularySize) tokens")
            }
            guard bias.isFinite else {
                throw .invalid(field: "sampling_params.logit_bias", reason: "\(bias) is no finite number")
            }
            options.logitBias[TokenID(token)] = bias
        }
        return options
    }

    private func checked(_ value: Float, _ field: String, _ range: ClosedRange<Float>) throws(EngineError) -> Float {
        guard range.contains(value) else {
            throw .invalid(field: "sampling_params.\(field)", reason: "\(value) is not in its range")
        }
        return value
    }
}
