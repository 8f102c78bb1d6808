import Fleet
import Gateway
import JSONBytes
import NIOEmbedded
import ServingModel
import ServingTesting
import Testing

/// A gateway before workers that come and go.
struct WorkerTests {
    private let vllm = WorkerPool(model: GatewayFixture.model, kind: .vllm)
    private let sglang = WorkerPool(model: GatewayFixture.model, kind: .sglang)
    private let engines: [ScriptedEngine]

    init() {
        engines = [vllm, sglang].map { pool in
            let card = EngineCard(
                model: pool.model, kind: pool.kind, contextTokens: 4096, parallelSequences: 8,
                vocabularySize: TinyVocabulary.size)
            let engine = ScriptedEngine(card: card, now: { WallClock.now })
            let id = WorkerID("grpc://\(pool.kind.rawValue).test:1")
            pool.put(Worker(id: id, card: card, link: .tokens { _ in engine }))
            return engine
        }
    }

    private func chat(_ fixture: GatewayFixture) throws -> HTTPAnswer {
        let client = try fixture.connect()
        client.send(HTTPRequests.chat(#","max_tokens":2"#))
        repeat { fixture.loop.run() } while engines.contains { $0.step() }
        return try client.onlyAnswer()
    }

    @Test func listsWorkers() throws {
        let fixture = GatewayFixture(pools: [vllm, sglang])
        sglang.workers[0].setHealthy(false)
        let list = try fixture.answer(HTTPRequests.get("/workers")).text
        let expected =
            #"{"workers":[{"address":"grpc://vllm.test:1","kind":"vllm","models":["tiny"],"healthy":true,"paused":false,"#
            + #""outstanding":0},{"address":"grpc://sglang.test:1","kind":"sglang","models":["tiny"],"healthy":false,"#
            + #""paused":false,"outstanding":0}],"total":2}"#
        #expect(list == expected)
        #expect(try GatewayFixture().answer(HTTPRequests.get("/workers")).text == #"{"workers":[],"total":0}"#)
    }

    @Test func listsAWorkerThatHasNotAnsweredYet() {
        var bytes: [UInt8] = []
        WorkerReport.append([WorkerReport(id: WorkerID("unix:/a"), workers: [])], WallClock.now, to: &bytes)
        let expected =
            #"{"workers":[{"address":"unix:/a","kind":null,"models":[],"healthy":false,"paused":false,"outstanding":0}],"#
        #expect(String(decoding: bytes, as: UTF8.self) == expected + #""total":1}"#)
    }

    @Test func countsWhatEachWorkerDoes() throws {
        let fixture = GatewayFixture(pools: [vllm])
        let labels = #"{worker="grpc://vllm.test:1",model="tiny"}"#
        let completed = #"drover_worker_requests_total{worker="grpc://vllm.test:1",model="tiny",outcome="completed"}"#
        #expect(fixture.metric("drover_worker_healthy" + labels) == "1" && fixture.metric(completed) == "0")
        #expect(try chat(fixture).status == 200)
        #expect(fixture.metric(completed) == "1")
        #expect(fixture.metric("drover_worker_outstanding_requests" + labels) == "0")
        engines[0].play(Array(repeating: Script(failure: .beforeStart(.unreachable("away"))), count: 3))
        #expect(try chat(fixture).status == 503)
        #expect(fixture.metric("drover_worker_paused" + labels) == "1")
        vllm.remove(vllm.workers[0].id)
        #expect(fixture.metric(completed) == nil && fixture.metric("drover_worker_healthy" + labels) == nil)
    }

    /// The kind with the least work would otherwise be the one that serves nothing.
    @Test func sendsRequestsToTheKindThatServesThem() throws {
        let fixture = GatewayFixture(pools: [vllm, sglang])
        engines[0].play(Array(repeating: Script(failure: .beforeStart(.unreachable("away"))), count: 100))
        #expect(try chat(fixture).status == 503)
        for _ in 0..<5 { #expect(try chat(fixture).status == 200) }
        #expect(engines.map(\.submissions.count) == [1, 5])
    }

    /// The model is the gateway's own, and its workers may come back.
    @Test func listsAModelWhoseWorkersAreLost() throws {
        let fixture = GatewayFixture(pools: [vllm, sglang])
        #expect(try fixture.answer(HTTPRequests.get("/readiness")).status == 200)
        for pool in [vllm, sglang] { pool.workers[0].setHealthy(false) }
        #expect(try fixture.answer(HTTPRequests.get("/v1/models")).json["data.0.id"] == .string("tiny"))
        let refused = try chat(fixture)
        #expect(refused.status == 503 && refused.fields["retry-after"] == "1")
        #expect(try fixture.answer(HTTPRequests.get("/readiness")).status == 503)
        sglang.workers[0].setHealthy(true)
        #expect(try fixture.answer(HTTPRequests.get("/readiness")).status == 200)
        #expect(try chat(fixture).status == 200)
    }
}
