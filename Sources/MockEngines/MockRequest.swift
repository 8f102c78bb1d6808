import EngineWire
package import ServingModel
import SwiftProtobuf

/// What a mock engine reads of a Generate request, in any dialect.
package struct MockRequest: Sendable {
    package var wireID = ""
    package var prompt: [TokenID] = []
    package var isStreamed = false
    package var choices = 1
    package var maxTokens: Int?
    package var stopTokens: [TokenID] = []
    package var ignoresEndOfSequence = false
    /// Whether the token that ends a choice is among its tokens.
    package var showsEndToken = true
    package var topLogprobs: Int?
    package var topPromptLogprobs: Int?
    package var isGreedy = false
    package var seed: UInt64?

    package init() {}

    init(_ bytes: [UInt8], _ dialect: EngineDialect) throws {
        switch dialect {
        case .vllm: self.init(try VLLMGenerateRequest(serializedBytes: bytes))
        case .sglang: self.init(try SGLangGenerateRequest(serializedBytes: bytes))
        case .trtllm: self.init(try TRTLLMGenerateRequest(serializedBytes: bytes))
        }
    }

    private init(_ message: VLLMGenerateRequest) {
        let parameters = message.samplingParams
        wireID = message.requestID
        prompt = Self.tokens(message.tokenized.inputIds)
        isStreamed = message.stream
        choices = max(Int(parameters.n), 1)
        maxTokens = parameters.hasMaxTokens ? Int(parameters.maxTokens) : nil
        stopTokens = Self.tokens(parameters.stopTokenIds)
        ignoresEndOfSequence = parameters.ignoreEos
        topLogprobs = parameters.hasLogprobs ? max(Int(parameters.logprobs), 0) : nil
        topPromptLogprobs = parameters.hasPromptLogprobs ? max(Int(parameters.promptLogprobs), 0) : nil
        isGreedy = parameters.hasTemperature && parameters.temperature == 0
        seed = parameters.hasSeed ? UInt64(bitPattern: Int64(parameters.seed)) : nil
    }

    private init(_ message: SGLangGenerateRequest) {
        let parameters = message.samplingParams
        wireID = message.requestID
        prompt = Self.tokens(message.tokenized.inputIds)
        isStreamed = message.stream
        choices = max(Int(parameters.n), 1)
        maxTokens = parameters.hasMaxNewTokens ? Int(parameters.maxNewTokens) : nil
        stopTokens = Self.tokens(parameters.stopTokenIds)
        ignoresEndOfSequence = parameters.ignoreEos
        if message.returnLogprob {
            topLogprobs = Int(message.topLogprobsNum)
            topPromptLogprobs = message.logprobStartLen == 0 ? topLogprobs : nil
        }
        isGreedy = parameters.temperature == 0 || parameters.topK == 1
    }

    private init(_ message: TRTLLMGenerateRequest) {
        let parameters = message.samplingConfig
        wireID = message.requestID
        prompt = Self.tokens(message.tokenized.inputTokenIds)
        isStreamed = message.streaming
        choices = max(Int(parameters.numReturnSequences), 1)
        maxTokens = Int(message.maxTokens)
        stopTokens = Self.tokens(message.stopTokenIds)
        ignoresEndOfSequence = message.ignoreEos
        showsEndToken = message.includeStopTokenInOutput
        let output = message.outputConfig
        topLogprobs = output.hasLogprobs ? max(Int(output.logprobs), 0) : nil
        topPromptLogprobs = output.hasPromptLogprobs ? max(Int(output.promptLogprobs), 0) : nil
        isGreedy = (parameters.hasTemperature && parameters.temperature == 0) || parameters.topK == 1
        seed = parameters.hasSeed ? parameters.seed : nil
    }

    private static func tokens(_ ids: [UInt32]) -> [TokenID] { ids.map { TokenID(Int32(bitPattern: $0)) } }
}
