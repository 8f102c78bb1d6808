import EngineWire
import JSONBytes
import ServingModel

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A case of a fixture file: see `Fixtures/README.md`.
struct WireFixture {
    let members: JSONObject

    static func all(_ file: String) throws -> [WireFixture] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
        let bytes = Array(try Data(contentsOf: folder.appending(path: file)))
        return try JSONValue(parsing: bytes).elements.map { WireFixture(members: $0.members) }
    }

    var name: String { members["name"]?.string ?? "" }

    var endTokens: [TokenID] { (members["end_tokens"]?.elements ?? []).map(\.token) }

    /// The request that the case is of.
    var request: GenerationRequest {
        let fields = members["request"]?.members ?? JSONObject()
        var stop = StopConditions(maxTokens: fields["max_tokens"]?.integer ?? 0)
        stop.minTokens = fields["min_tokens"]?.integer ?? 0
        stop.ignoresEndOfSequence = fields["ignore_eos"] == true
        stop.stopTokens = (fields["stop_tokens"]?.elements ?? []).map(\.token)
        var request = GenerationRequest(
            id: RequestID(1), prompt: (fields["prompt"]?.elements ?? []).map(\.token), stop: stop)
        request.choices = fields["n"]?.integer ?? 1
        request.isStreamed = fields["stream"] != false
        request.topLogprobs = fields["top_logprobs"]?.integer
        request.reportsPromptLogprobs = fields["prompt_logprobs"] == true
        request.sampling = Self.sampling(fields)
        if let constraint = fields["constraint"]?.string {
            request.constraint = constraint == "object" ? .jsonObject : .jsonSchema(constraint)
        }
        if fields["thought"] == true {
            let aside = ConstraintTrigger.Aside(
                openings: [Array("<think>".utf8)], closings: [Array("</think>".utf8)], opensAnywhere: true,
                isOpen: true)
            request.constraintTrigger = ConstraintTrigger(openings: [], aside: aside)
        }
        return request
    }

    private static func sampling(_ fields: JSONObject) -> SamplingOptions {
        var sampling = SamplingOptions()
        sampling.temperature = fields["temperature"]?.float ?? 1
        sampling.topP = fields["top_p"]?.float ?? 1
        sampling.topK = fields["top_k"]?.integer
        sampling.minP = fields["min_p"]?.float ?? 0
        sampling.frequencyPenalty = fields["frequency_penalty"]?.float ?? 0
        sampling.presencePenalty = fields["presence_penalty"]?.float ?? 0
        sampling.repetitionPenalty = fields["repetition_penalty"]?.float ?? 1
        sampling.seed = fields["seed"]?.integer.map(UInt64.init) ?? fields["seed"]?.string.flatMap { UInt64($0) }
        for (token, bias) in fields["logit_bias"]?.members ?? JSONObject() {
            sampling.logitBias[TokenID(Int32(token) ?? -1)] = bias.float
        }
        return sampling
    }
}

extension JSONValue {
    var members: JSONObject { if case .object(let members) = self { members } else { JSONObject() } }
    var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
    var string: String? { if case .string(let text) = self { text } else { nil } }
    var integer: Int? { if case .integer(let value) = self { value } else { nil } }

    var float: Float? {
        switch self {
        case .integer(let value): Float(value)
        case .double(let value): Float(value)
        default: nil
        }
    }

    var token: TokenID { TokenID(Int32(integer ?? -1)) }

    /// Bytes in hexadecimal.
    var hex: [UInt8] {
        let digits = Array((string ?? "").utf8)
        return stride(from: 0, to: digits.count, by: 2).map { at in
            UInt8(String(decoding: digits[at..<at + 2], as: UTF8.self), radix: 16) ?? 0
        }
    }
}
