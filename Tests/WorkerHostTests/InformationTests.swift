import EngineWire
import RPCTesting
import RPCTransport
import ServingModel
import ServingTesting
import SwiftProtobuf
import Synchronization
import Testing
import WorkerHost

struct InformationTests {
    @Test func tellsOfTheModel() async throws {
        try await Worker.run { worker in
            let info = try await worker.call(
                "GetModelInfo", VLLMGetModelInfoRequest(), as: VLLMGetModelInfoResponse.self)
            #expect(info.modelPath == "/models/scripted.gguf" && info.servedModelName == "scripted")
            #expect(info.isGeneration && !info.supportsVision && info.tokenizerPath.isEmpty)
            #expect(info.maxContextLength == 256 && info.maxReqInputLen == 256 && info.vocabSize == 288)
            #expect(info.modelType == "llama" && info.architectures == ["LlamaForCausalLM"])
            #expect(info.eosTokenIds == [2, 7] && info.bosTokenID == 1 && info.padTokenID == 3)
        }
    }

    @Test func tellsOfTheServer() async throws {
        try await Worker.run { worker in
            worker.clock.advance(bySeconds: 12)
            _ = try await worker.generate(Worker.request())
            let info = try await worker.call(
                "GetServerInfo", VLLMGetServerInfoRequest(), as: VLLMGetServerInfoResponse.self)
            #expect(info.serverType == "vllm-grpc" && info.dataParallelSize == 1 && info.maxNumSeqs == 8)
            #expect(info.blockSize == 1 && info.constrainedDecodingStart == "first_token" && !info.isPaused)
            #expect(info.uptimeSeconds == 12 && info.lastReceiveTimestamp == 1_700_000_000.25)
            #expect(info.activeRequests == 0)
        }
    }

    @Test func tellsItsLoad() async throws {
        try await Worker.run(stepsItself: false) { worker in
            worker.engine.script.play([Script(), Script(isIgnored: true)])
            let call = try await worker.begin(Worker.request(maxTokens: 9))
            worker.engine.step(1)
            await worker.link.wait(for: call) { !$0.messages.isEmpty }
            _ = try await worker.begin(Worker.request { $0.requestID = "two" })
            let answer = try await worker.call("GetLoads", VLLMGetLoadsRequest(), as: VLLMGetLoadsResponse.self)
            #expect(answer.dpRankCount == 1 && answer.timestamp == "2023-11-14T22:13:20.250Z")
            let load = try #require(answer.loads.first)
            #expect(load.numRunningReqs == 1 && load.numWaitingReqs == 1 && load.numTotalReqs == 2)
            #expect(load.maxRunningRequests == 8 && load.numWaitingUncachedTokens == 3)
        }
    }

    @Test func isHealthyUntilItDrains() async throws {
        try await Worker.run { worker in
            var health = try await worker.call(
                "HealthCheck", VLLMHealthCheckRequest(), as: VLLMHealthCheckResponse.self)
            #expect(health.healthy)
            #expect(try await worker.probe("") == [8, 1])
            #expect(try await worker.probe(Worker.service) == [8, 1])
            #expect(try await worker.probe("other") == nil)
            worker.host.beginDraining()
            health = try await worker.call("HealthCheck", VLLMHealthCheckRequest(), as: VLLMHealthCheckResponse.self)
            #expect(!health.healthy)
            #expect(try await worker.probe(Worker.service) == [8, 2])
        }
    }

    @Test func handsOutItsTokenizer() async throws {
        let content = (0..<150_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let bundle = TokenizerBundle(files: [("tokenizer.json", content), ("config.json", [0x7B, 0x7D])])
        try await Worker.run(bundle: bundle) { worker in
            let call = try await worker.link.begin(Worker.service, "GetTokenizer", [])
            let outcome = await worker.link.end(of: call)
            let chunks = try outcome.messages.map { try SMGGetTokenizerChunk(serializedBytes: $0) }
            #expect(outcome.status?.code == .ok && chunks.count == 3)
            #expect(chunks.dropLast().allSatisfy { $0.sha256.isEmpty } && chunks.last?.sha256 == bundle.fingerprint)
            #expect(chunks.flatMap { Array($0.data) }.starts(with: [0x50, 0x4B, 3, 4]))
        }
        try await Worker.run { worker in
            let call = try await worker.link.begin(Worker.service, "GetTokenizer", [])
            #expect(await worker.link.end(of: call).status?.code == .failedPrecondition)
        }
    }

    @Test func saysWhatItDoesNotHave() async throws {
        try await Worker.run { worker in
            for method in ["FlushCache", "StartProfile", "StopProfile", "Nothing"] {
                let call = try await worker.link.begin(Worker.service, method, [])
                let status = await worker.link.end(of: call).status
                #expect(status?.code == .unimplemented && status?.message.isEmpty == false, "\(method)")
            }
            var embed = VLLMEmbedRequest()
            embed.tokenized.inputIds = [10]
            let call = try await worker.link.begin(Worker.service, "Embed", try embed.serializedBytes())
            #expect(await worker.link.end(of: call).status?.code == .unimplemented)
            let other = try await worker.link.begin("other.Service", "Generate", [])
            #expect(await worker.link.end(of: other).status?.code == .unimplemented)
        }
    }

    @Test func flushesACacheThatTheEngineHas() async throws {
        let waits = Mutex<[Double]>([])
        let flushes: [(Float, CacheFlush)] = [
            (0, CacheFlush(freedTokens: 7, liveRequests: 0)), (2.5, CacheFlush(freedTokens: 0, liveRequests: 2)),
            (.nan, CacheFlush(freedTokens: 0, liveRequests: 0)), (-1, CacheFlush(freedTokens: 0, liveRequests: 0)),
            (.greatestFiniteMagnitude, CacheFlush(freedTokens: 0, liveRequests: 0)),
        ]
        for (wait, flush) in flushes {
            try await Worker.run(flushCache: { seconds in
                waits.withLock { $0.append(seconds) }
                return flush
            }) { worker in
                var request = SMGFlushCacheRequest()
                request.timeoutS = wait
                let call = try await worker.link.begin(Worker.service, "FlushCache", try request.serializedBytes())
                let outcome = await worker.link.end(of: call)
                let answer = try SMGFlushCacheResponse(serializedBytes: try #require(outcome.messages.first))
                #expect(answer.success == (flush.liveRequests == 0) && answer.message == flush.reply.message)
            }
        }
        #expect(waits.withLock { $0 } == [0, 2.5, 0, 0, 600])
    }

    @Test func pushesItsLoadToSubscribers() async throws {
        try await Worker.run { worker in
            var request = SMGSubscribeKvEventsRequest()
            request.loadRecordsBeforeFirstBatch = true
            let call = try await worker.link.begin(
                Worker.service, "SubscribeKvEvents", try request.serializedBytes())
            await worker.link.wait(for: call) { $0.messages.count == 1 }
            // A sign of life, after a second of silence.
            worker.clock.advance(bySeconds: 1.5)
            let outcome = await worker.link.wait(for: call) { $0.messages.count == 2 }
            let batches = try outcome.messages.map { try SMGKvEventBatch(serializedBytes: $0) }
            #expect(batches.allSatisfy { $0.events.isEmpty && $0.load.loadOnly && $0.sequenceNumber == 0 })
            #expect(batches.map(\.load.sample) == [1, 2] && batches[0].load.maxRunningRequests == 8)
            worker.host.beginDraining()
            #expect(await worker.link.end(of: call).status?.code == .unavailable)
        }
    }
}

extension Worker {
    /// What the standard health service answers; nil if it knows no such service.
    fileprivate func probe(_ service: String) async throws -> [UInt8]? {
        let name = Array(service.utf8)
        let message = name.isEmpty ? [] : [1 << 3 | 2, UInt8(name.count)] + name
        let call = try await link.begin("grpc.health.v1.Health", "Check", message)
        let outcome = await link.end(of: call)
        if outcome.status?.code == .notFound { return nil }
        return outcome.messages.first
    }
}
