package import EngineWire
package import Fleet
package import NIOCore
package import RPCTransport
package import ServingModel
import SwiftProtobuf

/// How a worker behind gRPC is asked what it is: the protocols are tried one after the other.
package struct GRPCContact: WorkerContact {
    /// Why a worker behind gRPC cannot be used.
    package enum Failure: Error, CustomStringConvertible {
        case speaksNoKnownProtocol(RPCAddress)
        case notUnderstood(RPCAddress, method: String)
        case noTokenizer(RPCAddress)

        package var description: String {
            switch self {
            case .speaksNoKnownProtocol(let address):
                "\(address) speaks none of vLLM's, SGLang's and TensorRT-LLM's gRPC"
            case .notUnderstood(let address, let method): "\(address) answered \(method) with what is not understood"
            case .noTokenizer(let address): "\(address) sends no tokenizer"
            }
        }
    }

    package let endpoint: RPCEndpoint
    /// What clients call the model where the engine does not say.
    private let modelName: ModelID?
    private let group: any EventLoopGroup
    private let seconds: Double

    /// - Parameter seconds: how long a question may take.
    package init(
        _ endpoint: RPCEndpoint, modelName: ModelID?, group: any EventLoopGroup, seconds: Double = 5
    ) {
        self.endpoint = endpoint
        self.modelName = modelName
        self.group = group
        self.seconds = seconds
    }

    // MARK: Questions

    package func describe() async throws -> WorkerDescription {
        for dialect in EngineDialect.allCases {
            do {
                return try await describe(dialect)
            } catch let status as RPCStatus where status.code == .unimplemented {
                continue
            }
        }
        throw Failure.speaksNoKnownProtocol(endpoint.address)
    }

    package func isHealthy() async -> Bool {
        for dialect in EngineDialect.allCases {
            do {
                switch dialect {
                case .vllm:
                    return try await ask(
                        dialect, "HealthCheck", VLLMHealthCheckRequest(),
                        VLLMHealthCheckResponse.self
                    ).healthy
                case .sglang:
                    return try await ask(
                        dialect, "HealthCheck", SGLangHealthCheckRequest(),
                        SGLangHealthCheckResponse.self
                    ).healthy
                case .trtllm:
                    let answer = try await ask(
                        dialect, "HealthCheck", TRTLLMHealthCheckRequest(), TRTLLMHealthCheckResponse.self)
                    return answer.status.uppercased() == "OK" || answer.status.lowercased() == "healthy"
                }
            } catch let status as RPCStatus where status.code == .unimplemented {
                continue
            } catch {
                return false
            }
        }
        return false
    }

    /// The bytes of the zip archive with the model's tokenizer.
    package func tokenizerArchive(_ dialect: EngineDialect) async throws -> [UInt8] {
        let path = RPCPath(service: dialect.service, method: "GetTokenizer")
        let request: [UInt8] = try SMGGetTokenizerRequest().serializedBytes()
        let messages = try await RPCSimpleClient.call(
            endpoint, path, message: request, timeoutSeconds: 120, on: group.next())
        var archive: [UInt8] = []
        for message in messages { archive += try SMGGetTokenizerChunk(serializedBytes: message).data }
        guard !archive.isEmpty else { throw Failure.noTokenizer(endpoint.address) }
        return archive
    }

    // MARK: Answers

    private func describe(_ dialect: EngineDialect) async throws -> WorkerDescription {
        switch dialect {
        case .vllm:
            let model = try await ask(
                dialect, "GetModelInfo", VLLMGetModelInfoRequest(),
                VLLMGetModelInfoResponse.self)
            let server = try? await ask(
                dialect, "GetServerInfo", VLLMGetServerInfoRequest(),
                VLLMGetServerInfoResponse.self)
            return description(
                dialect, name: model.servedModelName, path: model.modelPath, contextTokens: Int(model.maxContextLength),
                vocabularySize: Int(model.vocabSize), parallel: Int(server?.maxNumSeqs ?? 0), end: model.eosTokenIds,
                samplingDefaults: model.defaultSamplingParamsJson)
        case .sglang:
            let model = try await ask(
                dialect, "GetModelInfo", SGLangGetModelInfoRequest(),
                SGLangGetModelInfoResponse.self)
            return description(
                dialect, name: model.servedModelName, path: model.modelPath, contextTokens: Int(model.maxContextLength),
                vocabularySize: Int(model.vocabSize), parallel: 0, end: model.eosTokenIds,
                samplingDefaults: model.defaultSamplingParamsJson)
        case .trtllm:
            let model = try await ask(
                dialect, "GetModelInfo", TRTLLMGetModelInfoRequest(), TRTLLMGetModelInfoResponse.self)
            return description(
                dialect, name: model.modelID, path: model.modelID, contextTokens: Int(model.maxSeqLen),
                vocabularySize: Int(model.vocabSize), parallel: Int(model.maxBatchSize), end: [], samplingDefaults: "")
        }
    }

    /// An engine's queue takes far more than it runs at once, so its own limit on choices is not less than this.
    private static let parallelMin = 256

    private func description(
        _ dialect: EngineDialect, name: String, path: String, contextTokens: Int, vocabularySize: Int, parallel: Int,
        end: [Int32], samplingDefaults: String
    ) -> WorkerDescription {
        let named = name.isEmpty ? path : name
        let card = EngineCard(
            model: modelName ?? ModelID(named), kind: dialect.kind, contextTokens: contextTokens,
            parallelSequences: max(parallel, Self.parallelMin), vocabularySize: vocabularySize)
        var description = WorkerDescription(cards: [card])
        description.modelPath = path.isEmpty ? nil : path
        description.endTokens = end.map(TokenID.init)
        description.samplingDefaults = samplingDefaults.isEmpty ? nil : samplingDefaults
        return description
    }

    /// - Parameter seconds: how long it may take, if not as long as any question.
    func ask<Request: Message, Response: Message>(
        _ dialect: EngineDialect, _ method: String, _ request: Request, _: Response.Type, seconds: Double? = nil
    ) async throws -> Response {
        let path = RPCPath(service: dialect.service, method: method)
        let bytes: [UInt8] = try request.serializedBytes()
        let messages = try await RPCSimpleClient.call(
            endpoint, path, message: bytes, timeoutSeconds: seconds ?? self.seconds, on: group.next())
        guard let message = messages.first, let response = try? Response(serializedBytes: message) else {
            throw Failure.notUnderstood(endpoint.address, method: method)
        }
        return response
    }
}
