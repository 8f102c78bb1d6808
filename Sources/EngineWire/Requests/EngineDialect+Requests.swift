package import ServingModel

extension EngineDialect {
    /// Appends the protobuf bytes of a `GenerateRequest`.
    ///
    /// Stop strings are not sent, for the gateway looks for them; so no engine detokenizes anything. Where the
    /// temperature is 0 the engine computes one choice, and `GenerationReader` hands it out as all that were asked for.
    /// - Parameters:
    ///   - wireID: the request's name in `appendAbort`. No name may be the beginning of another: SGLang aborts all that
    ///     begin with what it is told.
    ///   - endTokens: the tokens that end what the model says, as far as they are known.
    /// - Throws: what the engine cannot be asked for, with the field of the API that asks for it.
    package func appendGenerate(
        _ request: GenerationRequest, wireID: String, endTokens: [TokenID], to bytes: inout [UInt8]
    ) throws(EngineError) {
        if let refusal = refusal(of: request) { throw refusal }
        let form = try ConstraintForm(request)
        let ends = request.endTokens(with: endTokens)
        switch self {
        case .vllm: VLLMRequestCoder(request, form, ends).append(wireID: wireID, to: &bytes)
        case .sglang: SGLangRequestCoder(request, form, ends).append(wireID: wireID, to: &bytes)
        case .trtllm: TRTLLMRequestCoder(request, form, ends).append(wireID: wireID, to: &bytes)
        }
    }

    /// Appends the protobuf bytes of an `AbortRequest`.
    package func appendAbort(_ wireID: String, to bytes: inout [UInt8]) {
        // The field has one number in all dialects, and is repeated in vLLM's.
        bytes.appendField(1, wireID)
    }

    /// Appends the protobuf bytes of an `EmbedRequest`.
    ///
    /// - Throws: `invalid` of TensorRT-LLM, whose server has the method but answers that it is not implemented.
    package func appendEmbed(
        _ request: EmbeddingRequest, wireID: String, to bytes: inout [UInt8]
    ) throws(EngineError) {
        guard self != .trtllm else {
            throw .invalid(field: "model", reason: "TensorRT-LLM's server embeds nothing")
        }
        bytes.appendField(1, wireID)
        bytes.appendMessage(2, tokens: request.prompt, in: 2)
    }

    /// The vector in an `EmbedResponse`.
    package func readEmbedding(_ message: UnsafeRawBufferPointer) throws(WireError) -> [Float] {
        let vectorField =
            switch self {
            case .vllm: 1
            case .sglang: 5
            case .trtllm: 2
            }
        var vector: [Float] = []
        var cursor = WireCursor(message)
        while !cursor.isAtEnd {
            let (field, type) = try cursor.tag()
            guard field == vectorField, type == .lengthDelimited || type == .fixed32 else {
                try cursor.skip(type)
                continue
            }
            var values = cursor.part(try cursor.values(type))
            vector.reserveCapacity(vector.count + (values.end - values.at) / 4)
            while !values.isAtEnd { vector.append(try values.float()) }
        }
        guard !vector.isEmpty else { throw .malformed }
        return vector
    }
}
