import EngineWire
import ServingModel
import SwiftProtobuf

extension MockAnswers {
    static func vllm(
        _ method: String, _ profile: MockProfile, _ isHealthy: Bool, _ running: Int
    ) throws -> [UInt8]? {
        switch method {
        case "HealthCheck":
            return try VLLMHealthCheckResponse.with { answer in
                answer.healthy = isHealthy
                answer.message = isHealthy ? "Health" : "Engine is not alive"
            }.serializedBytes()
        case "GetModelInfo":
            return try VLLMGetModelInfoResponse.with { answer in
                answer.modelPath = profile.modelPath
                answer.isGeneration = profile.embeddingSize == nil
                answer.maxContextLength = UInt32(profile.contextTokens)
                answer.vocabSize = UInt32(profile.vocabularySize)
                answer.servedModelName = profile.model
                answer.tokenizerPath = profile.tokenizerPath
                answer.modelType = "llama"
                answer.architectures = ["LlamaForCausalLM"]
                answer.eosTokenIds = profile.endTokens.map(\.rawValue)
                answer.maxReqInputLen = Int32(profile.contextTokens)
            }.serializedBytes()
        case "GetServerInfo":
            return try VLLMGetServerInfoResponse.with { answer in
                answer.activeRequests = UInt32(running)
                answer.serverType = "vllm-grpc"
                answer.dataParallelSize = 1
                answer.blockSize = 16
                answer.maxNumSeqs = Int32(profile.parallelSequences)
            }.serializedBytes()
        case "GetLoads":
            return try VLLMGetLoadsResponse.with { answer in
                answer.version = version
                answer.dpRankCount = 1
                answer.loads = [
                    .with { load in
                        load.numRunningReqs = Int32(running)
                        load.numTotalReqs = Int32(running)
                        load.maxRunningRequests = Int32(profile.parallelSequences)
                    }
                ]
            }.serializedBytes()
        default: return try common(method)
        }
    }
}
