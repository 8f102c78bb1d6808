import EngineWire
import ServingModel
import SwiftProtobuf
import Tokenization

/// Reads Generate requests: every field is honoured or refused by name.
struct GenerateReading: Sendable {
    let card: EngineCard
    /// Nil refuses what needs text: prompts and stop strings.
    let tokenizer: (any Tokenizer)?

    /// - Throws: `.invalid` with the field's name in the protocol.
    func read(_ message: VLLMGenerateRequest, id: RequestID) throws(EngineError) -> HostedRequest {
        if let field = UnknownFields.firstNumber(in: message.unknownFields.data) {
            throw .invalid(field: Self.name(ofField: field), reason: "this worker does not support it")
        }
        guard !message.hasDataParallelRank || message.dataParallelRank == 0 else {
            throw .invalid(field: "data_parallel_rank", reason: "there is only rank 0")
        }
        let parameters = message.samplingParams
        if let field = UnknownFields.firstNumber(in: parameters.unknownFields.data) {
            throw .invalid(field: "sampling_params, field \(field)", reason: "this worker does not support it")
        }
        let prompt = try truncated(prompt(of: message), parameters)
        var generation = GenerationRequest(id: id, prompt: prompt, stop: try stop(parameters, prompt.count))
        generation.choices = max(Int(parameters.n), 1)
        generation.sampling = try SamplingReading(vocabularySize: card.vocabularySize).read(parameters)
        if case .structuralTag(let tag)? = parameters.constraint {
            (generation.constraint, generation.constraintTrigger) = try StructuralTagReading.read(tag)
        } else {
            generation.constraint = try constraint(parameters)
        }
        generation.isStreamed = message.stream

        var request = HostedRequest(wireID: message.requestID, generation: generation)
        if parameters.hasLogprobs { request.topLogprobs = try count(parameters.logprobs, "logprobs") }
        if parameters.hasPromptLogprobs {
            request.topPromptLogprobs = try count(parameters.promptLogprobs, "prompt_logprobs")
            request.generation.reportsPromptLogprobs = true
        }
        // The engine has one number for both; each is cut to its own on the way out.
        request.generation.topLogprobs = [request.topLogprobs, request.topPromptLogprobs].compactMap { $0 }.max()
        request.stopTexts = try stopTexts(parameters)
        request.showsControlTokens = !parameters.skipSpecialTokens
        return request
    }

    /// Fields of the protocol that are no part of our `.proto` files, as a client would set them.
    private static func name(ofField number: Int) -> String {
        switch number {
        case 6: "kv_transfer_params"
        case 7: "mm_inputs"
        case 8: "kv_transfer_params_json"
        case 10: "media_refs"
        case 11: "extra_mm_inputs"
        default: "field \(number)"
        }
    }

    // MARK: The prompt

    private func prompt(of message: VLLMGenerateRequest) throws(EngineError) -> [TokenID] {
        switch message.input {
        case .tokenized(let input)?:
            guard !input.inputIds.isEmpty else {
                throw .invalid(field: "tokenized.input_ids", reason: "must hold at least one token")
            }
            return try tokens(input.inputIds, "tokenized.input_ids")
        case .text(let text)?:
            guard let tokenizer else {
                throw .invalid(field: "text", reason: "this worker has no tokenizer; send tokenized input")
            }
            let tokens = tokenizer.encodeWithSpecials(text)
            let specials = tokenizer.vocabulary.specials
            guard specials.addsBeginningOfSequence, let start = specials.beginningOfSequence, tokens.first != start
            else {
                guard !tokens.isEmpty else { throw .invalid(field: "text", reason: "must make at least one token") }
                return tokens
            }
            return [start] + tokens
        case nil: throw .invalid(field: "input", reason: "there is neither tokenized input nor text")
        }
    }

    private func truncated(_ prompt: [TokenID], _ parameters: VLLMSamplingParams) throws(EngineError) -> [TokenID] {
        guard parameters.hasTruncatePromptTokens else { return prompt }
        let limit = Int(parameters.truncatePromptTokens)
        guard limit == -1 || (1...card.contextTokens).contains(limit) else {
            throw .invalid(
                field: "sampling_params.truncate_prompt_tokens", reason: "must be -1, or 1 to \(card.contextTokens)")
        }
        return Array(prompt.suffix(limit == -1 ? card.contextTokens : limit))
    }

    private func tokens(_ ids: [UInt32], _ field: String) throws(EngineError) -> [TokenID] {
        var tokens: [TokenID] = []
        tokens.reserveCapacity(ids.count)
        for id in ids {
            guard id < card.vocabularySize else {
                throw .invalid(
                    field: field, reason: "\(id) is no token of a vocabulary of \(card.vocabularySize) tokens")
            }
            tokens.append(TokenID(Int32(bitPattern: id)))
        }
        return tokens
    }

    // MARK: The end

    private func stop(_ parameters: VLLMSamplingParams, _ promptTokens: Int) throws(EngineError) -> StopConditions {
        let room = max(card.contextTokens - promptTokens, 1)
        var stop = StopConditions(maxTokens: parameters.hasMaxTokens ? Int(parameters.maxTokens) : room)
        stop.minTokens = Int(parameters.minTokens)
        guard stop.minTokens <= stop.maxTokens else {
            throw .invalid(
                field: "sampling_params.min_tokens",
                reason: "\(stop.minTokens) is more than the \(stop.maxTokens) of max_tokens")
        }
        stop.ignoresEndOfSequence = parameters.ignoreEos
        stop.stopTokens = try tokens(parameters.stopTokenIds, "sampling_params.stop_token_ids")
        return stop
    }

    private func stopTexts(_ parameters: VLLMSamplingParams) throws(EngineError) -> [String] {
        guard !parameters.stop.isEmpty else { return [] }
        guard tokenizer != nil else {
            throw .invalid(field: "sampling_params.stop", reason: "this worker has no tokenizer")
        }
        guard !parameters.stop.contains("") else {
            throw .invalid(field: "sampling_params.stop", reason: "must hold no empty string")
        }
        return parameters.stop
    }

    // MARK: The output

    private func count(_ value: Int32, _ field: String) throws(EngineError) -> Int {
        guard value >= -1 else { throw .invalid(field: "sampling_params.\(field)", reason: "must be -1 or more") }
        return value == -1 ? card.vocabularySize : min(Int(value), card.vocabularySize)
    }

    private func constraint(_ parameters: VLLMSamplingParams) throws(EngineError) -> OutputConstraint? {
        let unsupported: String
        switch parameters.constraint {
        case nil, .jsonObject(false)?, .structuralTag?: return nil
        case .jsonObject(true)?: return .jsonObject
        case .jsonSchema(let schema)?: return .jsonSchema(schema)
        case .regex?: unsupported = "regex"
        case .grammar?: unsupported = "grammar"
        case .choice?: unsupported = "choice"
        }
        throw .invalid(
            field: "sampling_params.\(unsupported)",
            reason: "this worker holds its output to json_object, json_schema and structural_tag only")
    }
}
