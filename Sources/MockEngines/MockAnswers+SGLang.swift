import EngineWire
import ServingModel
import SwiftProtobuf

extension MockAnswers {
    static func sglang(
        _ method: String, _ profile: MockProfile, _ isHealthy: Bool, _ running: Int
    ) throws -> [UInt8]? {
        switch method {
        case "HealthCheck":
            return try SGLangHealthCheckResponse.with { answer in
                answer.healthy = isHealthy
                answer.message = isHealthy ? "Health check passed" : "Server is shutting down"
            }.serializedBytes()
        case "GetModelInfo":
            return try SGLangGetModelInfoResponse.with { answer in
                answer.modelPath = profile.modelPath
                answer.tokenizerPath = profile.tokenizerPath
                answer.isGeneration = profile.embeddingSize == nil
                answer.servedModelName = profile.model
                answer.maxContextLength = Int32(profile.contextTokens)
                answer.vocabSize = Int32(profile.vocabularySize)
                answer.modelType = "llama"
                answer.architectures = ["LlamaForCausalLM"]
                answer.eosTokenIds = profile.endTokens.map(\.rawValue)
                answer.maxReqInputLen = Int32(profile.contextTokens)
            }.serializedBytes()
        case "GetServerInfo":
            return try SGLangGetServerInfoResponse.with { answer in
                answer.activeRequests = Int32(running)
                answer.sglangVersion = version
                answer.serverType = "grpc"
                answer.maxTotalNumTokens = Int32(profile.contextTokens)
                answer.serverArgs.fields["model_path"] = .init(stringValue: profile.modelPath)
                answer.serverArgs.fields["served_model_name"] = .init(stringValue: profile.model)
                answer.serverArgs.fields["max_running_requests"] = .init(
                    numberValue: Double(profile.parallelSequences))
            }.serializedBytes()
        case "GetLoads":
            return try SGLangGetLoadsResponse.with { answer in
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
