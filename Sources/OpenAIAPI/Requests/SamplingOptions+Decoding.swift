import JSONBytes
import ServingModel

extension SamplingOptions {
    /// - Parameter defaults: the model's, for fields that the request does not have.
    init(_ fields: FieldReader, defaults: SamplingOptions, limits: RequestLimits) throws(APIError) {
        self = defaults
        temperature = try fields.number("temperature", in: .from(0, to: 2)) ?? temperature
        topP = try fields.number("top_p", in: .above(0, to: 1)) ?? topP
        if let count = try fields.integer("top_k", in: -1...limits.tokens) { topK = count > 0 ? count : nil }
        minP = try fields.number("min_p", in: .from(0, to: 1)) ?? minP
        frequencyPenalty = try fields.number("frequency_penalty", in: .from(-2, to: 2)) ?? frequencyPenalty
        presencePenalty = try fields.number("presence_penalty", in: .from(-2, to: 2)) ?? presencePenalty
        repetitionPenalty = try fields.number("repetition_penalty", in: .above(0, to: 2)) ?? repetitionPenalty
        seed = try fields.integer("seed", in: Int.min...Int.max).map { UInt64(bitPattern: Int64($0)) }
        logitBias = try Self.logitBias(fields, limits: limits)
    }

    private static func logitBias(
        _ fields: FieldReader, limits: RequestLimits
    ) throws(APIError) -> [TokenID: Float] {
        guard let object = try fields.freeObject("logit_bias") else { return [:] }
        let param = fields.param("logit_bias")
        guard object.count <= limits.biasedTokens else {
            throw .wrongValue(param, expected: "at most \(limits.biasedTokens) token ids", got: "\(object.count)")
        }
        var biases: [TokenID: Float] = [:]
        for (key, value) in object {
            guard let id = Int32(key), id >= 0 else {
                throw .wrongValue(param, expected: "token ids as keys", got: JSONValue.string(key).text)
            }
            biases[TokenID(id)] = try FieldReader.number(value, param: "\(param).\(key)", in: .from(-100, to: 100))
        }
        return biases
    }
}
