package import EngineWire
import RPCTransport
package import ServingModel
import SwiftProtobuf

extension GRPCContact {
    /// How long an order may take beside the time that it says itself; profilers write what they have recorded.
    private static let orderSeconds = 120.0

    /// Has an engine of this protocol do something, and returns what it says.
    package func carryOut(_ order: WorkerOrder, _ dialect: EngineDialect) async -> WorkerReply {
        guard dialect != .trtllm else { return .unable("TensorRT-LLM's gRPC has no such method") }
        do {
            switch order {
            case .flushCache(let waitSeconds):
                let answer = try await ask(
                    dialect, "FlushCache", SMGFlushCacheRequest.with { $0.timeoutS = Float(waitSeconds) },
                    SMGFlushCacheResponse.self, seconds: Self.orderSeconds + waitSeconds)
                return WorkerReply(isDone: answer.success, message: answer.message)
            case .startProfile(let options):
                return reply(
                    try await ask(
                        dialect, "StartProfile", SMGStartProfileRequest(options), SMGProfileResponse.self,
                        seconds: Self.orderSeconds))
            case .stopProfile:
                return reply(
                    try await ask(
                        dialect, "StopProfile", SMGStopProfileRequest(), SMGProfileResponse.self,
                        seconds: Self.orderSeconds))
            }
        } catch let status as RPCStatus {
            return .unable(status.message.isEmpty ? "\(status.code)" : status.message)
        } catch {
            return .unable("\(error)")
        }
    }

    private func reply(_ answer: SMGProfileResponse) -> WorkerReply {
        WorkerReply(isDone: answer.success, message: answer.message)
    }
}

extension SMGStartProfileRequest {
    fileprivate init(_ options: ProfileOptions) {
        self.init()
        if let folder = options.outputDirectory { outputDir = folder }
        if let step = options.startStep { startStep = Int32(clamping: step) }
        if let count = options.stepCount { numSteps = Int32(clamping: count) }
        activities = options.activities
        if let withStack = options.withStack { self.withStack = withStack }
        if let recordShapes = options.recordShapes { self.recordShapes = recordShapes }
        profileByStage = options.profilesByStage
    }
}
