import EngineWire
import ServingModel
import SwiftProtobuf

/// What a mock engine answers to what is asked rarely, as messages of its dialect.
enum MockAnswers {
    /// The names in an Abort request.
    static func abortedIDs(_ bytes: [UInt8], _ dialect: EngineDialect) throws -> [String] {
        switch dialect {
        case .vllm: try VLLMAbortRequest(serializedBytes: bytes).requestIds
        case .sglang: [try SGLangAbortRequest(serializedBytes: bytes).requestID]
        case .trtllm: [try TRTLLMAbortRequest(serializedBytes: bytes).requestID]
        }
    }

    static func abort(_ dialect: EngineDialect) throws -> [UInt8] {
        switch dialect {
        case .vllm: return []
        case .sglang: return try SGLangAbortResponse.with { $0.success = true }.serializedBytes()
        case .trtllm: return try TRTLLMAbortResponse.with { $0.success = true }.serializedBytes()
        }
    }

    /// The answer to another method; nil if the engine has it not.
    static func answer(
        _ method: String, _ bytes: [UInt8], _ profile: MockProfile, isHealthy: Bool, running: Int
    ) throws -> [UInt8]? {
        if method == "Embed" { return try embedding(bytes, profile) }
        return switch profile.dialect {
        case .vllm: try vllm(method, profile, isHealthy, running)
        case .sglang: try sglang(method, profile, isHealthy, running)
        case .trtllm: try trtllm(method, profile, isHealthy)
        }
    }

    static let version = "mock"

    // MARK: Embeddings

    private static func embedding(_ bytes: [UInt8], _ profile: MockProfile) throws -> [UInt8]? {
        guard let size = profile.embeddingSize else { return nil }
        func vector(_ tokens: [UInt32]) -> [Float] {
            let seed = tokens.reduce(UInt64(0)) { $0 &* 0x1_0000_01b3 &+ UInt64($1) }
            return (0..<size).map { Float(MockNumbers.unit(seed: seed, at: UInt64($0)) * 2 - 1) }
        }
        switch profile.dialect {
        case .vllm:
            let tokens = try VLLMEmbedRequest(serializedBytes: bytes).tokenized.inputIds
            return try VLLMEmbedResponse.with { answer in
                answer.embedding = vector(tokens)
                answer.promptTokens = UInt32(tokens.count)
                answer.embeddingDim = UInt32(size)
            }.serializedBytes()
        case .sglang:
            let tokens = try SGLangEmbedRequest(serializedBytes: bytes).tokenized.inputIds
            return try SGLangEmbedResponse.with { answer in
                answer.embedding = vector(tokens)
                answer.promptTokens = UInt32(tokens.count)
                answer.embeddingDim = UInt32(size)
            }.serializedBytes()
        case .trtllm:
            let request = try TRTLLMEmbedRequest(serializedBytes: bytes)
            let tokens = request.tokenized.inputTokenIds
            return try TRTLLMEmbedResponse.with { answer in
                answer.requestID = request.requestID
                answer.embedding = vector(tokens)
                answer.promptTokens = UInt32(tokens.count)
            }.serializedBytes()
        }
    }

    // MARK: TensorRT-LLM

    private static func trtllm(_ method: String, _ profile: MockProfile, _ isHealthy: Bool) throws -> [UInt8]? {
        switch method {
        case "HealthCheck":
            return try TRTLLMHealthCheckResponse.with { $0.status = isHealthy ? "OK" : "Engine is not alive" }
                .serializedBytes()
        case "GetModelInfo":
            return try TRTLLMGetModelInfoResponse.with { answer in
                answer.modelID = profile.modelPath
                answer.maxInputLen = Int32(profile.contextTokens)
                answer.maxSeqLen = Int32(profile.contextTokens)
                answer.maxBatchSize = Int32(profile.parallelSequences)
                answer.vocabSize = Int32(profile.vocabularySize)
            }.serializedBytes()
        case "GetServerInfo":
            return try TRTLLMGetServerInfoResponse.with { answer in
                answer.version = version
                answer.backend = "pytorch"
                answer.tensorParallelSize = 1
                answer.pipelineParallelSize = 1
                answer.contextParallelSize = 1
                answer.worldSize = 1
            }.serializedBytes()
        default: return nil
        }
    }

    // MARK: What vLLM and SGLang have alike

    static func common(_ method: String) throws -> [UInt8]? {
        switch method {
        case "FlushCache":
            return try SMGFlushCacheResponse.with { answer in
                answer.success = true
                answer.message = "flushed"
            }.serializedBytes()
        case "StartProfile", "StopProfile":
            return try SMGProfileResponse.with { answer in
                answer.success = true
                answer.message = "done"
            }.serializedBytes()
        default: return nil
        }
    }
}
