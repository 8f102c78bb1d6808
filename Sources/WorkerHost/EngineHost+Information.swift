import EngineWire
import RPCTransport
import ServingModel
import Synchronization

/// What a worker says of itself.
extension EngineHost {
    var modelInfo: VLLMGetModelInfoResponse {
        let card = engine.card
        var answer = VLLMGetModelInfoResponse()
        answer.modelPath = facts.modelPath
        answer.isGeneration = true
        answer.maxContextLength = UInt32(card.contextTokens)
        answer.vocabSize = UInt32(card.vocabularySize)
        answer.servedModelName = card.model.rawValue
        answer.tokenizerPath = facts.tokenizerPath
        answer.modelType = facts.modelType
        answer.architectures = facts.architectures
        answer.eosTokenIds = facts.endTokens.map(\.rawValue)
        answer.padTokenID = facts.padding?.rawValue ?? 0
        answer.bosTokenID = facts.beginningOfSequence?.rawValue ?? 0
        answer.maxReqInputLen = Int32(card.contextTokens)
        return answer
    }

    var serverInfo: VLLMGetServerInfoResponse {
        var answer = VLLMGetServerInfoResponse()
        answer.activeRequests = UInt32(live.count)
        answer.lastReceiveTimestamp = lastReceivedAt
        answer.uptimeSeconds = clock.now().seconds(since: startedAt)
        answer.serverType = "vllm-grpc"
        answer.dataParallelSize = 1
        // The engine shares its cache token by token.
        answer.blockSize = 1
        answer.maxNumSeqs = Int32(engine.card.parallelSequences)
        answer.constrainedDecodingStart = "first_token"
        return answer
    }

    var loads: VLLMGetLoadsResponse {
        var answer = VLLMGetLoadsResponse()
        answer.timestamp = ISOTimestamp.text(secondsSince1970: clock.secondsSince1970())
        answer.version = "drover"
        answer.dpRankCount = 1
        answer.loads = [load().schedulerLoad]
        return answer
    }

    func load() -> WorkerLoad {
        let snapshot = engine.snapshot()
        let pending = live.pendingPromptTokens(waiting: snapshot.waitingRequests)
        let now = clock.now()
        return meter.withLock { $0.load(snapshot, card: engine.card, pending: pending, now: now) }
    }

    func sendTokenizer(_ call: RPCServerCall) {
        guard let bundle else {
            return call.finish(
                RPCStatus(.failedPrecondition, "this worker has no files of a tokenizer to hand out"))
        }
        for message in bundle.messages { call.send(message) }
        call.finish(.ok)
    }
}
