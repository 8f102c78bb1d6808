import Fleet
import Gateway
import JSONBytes
import NIOCore
import NIOHTTP1
import OpenAIAPI
import ServingModel
import Synchronization
import Testing

/// What workers are told to do beside their requests.
struct OrderTests {
    /// Workers that write down what they are told, on an event loop that runs by itself.
    private final class Troop: Sendable {
        let orders = Mutex<[String: [WorkerOrder]]>([:])

        func worker(_ id: String, _ models: [String], says reply: WorkerReply) -> OrderedWorker {
            OrderedWorker(id: WorkerID(id), models: models.map(ModelID.init)) { [self] order in
                orders.withLock { $0[id, default: []].append(order) }
                return reply
            }
        }

        var workers: [OrderedWorker] {
            [
                worker("grpc://a:1", ["tiny"], says: WorkerReply(isDone: true, message: "flushed")),
                worker("http://b:2", ["tiny", "large"], says: .unable("it has no \"such\" endpoint")),
                worker("unix:/c", [], says: .unable("it has not joined yet")),
            ]
        }
    }

    private let troop = Troop()

    private func answer(_ path: String, _ body: String) async throws -> HTTPAnswer {
        try await RunningGateway.run(workers: troop.workers) { gateway in
            try await gateway.answer(HTTPRequests.post(path, body, fields: "Connection: close\r\n"))
        }
    }

    @Test func everyWorkerSaysWhatItHasDone() async throws {
        for body in ["", "{}"] {
            let answer = try await answer("/flush_cache", body)
            #expect(answer.status == 200)
            #expect(
                answer.text
                    == #"{"ok":false,"workers":[{"worker":"grpc://a:1","ok":true,"message":"flushed"},"#
                    + #"{"worker":"http://b:2","ok":false,"message":"it has no \"such\" endpoint"},"#
                    + #"{"worker":"unix:/c","ok":false,"message":"it has not joined yet"}]}"#)
        }
        #expect(troop.orders.withLock { $0["unix:/c"] } == Array(repeating: .flushCache(waitSeconds: 0), count: 2))
    }

    @Test func namesSomeWorkers() async throws {
        let one = try await answer("/flush_cache", #"{"worker":"grpc://a:1","timeout":2.5}"#).json
        #expect(one["ok"] == .bool(true) && one["workers.1"] == nil)
        #expect(troop.orders.withLock { $0 } == ["grpc://a:1": [.flushCache(waitSeconds: 2.5)]])
        let large = try await answer("/stop_profile", #"{"model":"large"}"#).json
        #expect(large["workers.0.worker"] == .string("http://b:2") && large["workers.1"] == nil)
        #expect(troop.orders.withLock { $0["http://b:2"] } == [.stopProfile])
    }

    @Test func saysWhatToProfile() async throws {
        let body = #"{"worker":"grpc://a:1","output_dir":"/traces","start_step":3,"num_steps":5,"activities":["CPU"],"#
        _ = try await answer("/start_profile", body + #""with_stack":true,"record_shapes":false}"#)
        var options = ProfileOptions()
        options.outputDirectory = "/traces"
        (options.startStep, options.stepCount, options.activities) = (3, 5, ["CPU"])
        (options.withStack, options.recordShapes) = (true, false)
        #expect(troop.orders.withLock { $0["grpc://a:1"] } == [.startProfile(options)])
    }

    @Test(arguments: [
        (#"{"model":"none"}"#, 404, "model_not_found"), (#"{"worker":"none"}"#, 400, "invalid_value"),
        (#"{"worker":"unix:/c","model":"tiny"}"#, 404, "model_not_found"), (#"{"timeout":-1}"#, 400, "invalid_value"),
        (#"{"timeout":601}"#, 400, "invalid_value"), (#"{"force":true}"#, 400, "unknown_parameter"),
        ("[]", 400, "invalid_type"), ("{", 400, "invalid_json"),
    ])
    func refuses(_ body: String, _ status: Int, _ code: String) throws {
        let answer = try GatewayFixture(workers: troop.workers).answer(HTTPRequests.post("/flush_cache", body))
        #expect(answer.status == status)
        #expect(try answer.json["error.code"] == .string(code))
        #expect(troop.orders.withLock { $0.isEmpty })
    }

    /// A page that someone reads must not flush the caches of the servers that his browser reaches.
    @Test func noBrowserOrdersForAnotherPage() throws {
        func find(_ fields: HTTPHeaders) throws(APIError) -> Route {
            try Route.find(HTTPRequestHead(version: .http1_1, method: .POST, uri: "/flush_cache", headers: fields))
        }
        #expect(try find([:]) == .flushCache)
        #expect(try find(["content-type": "application/json", "origin": "http://page"]) == .flushCache)
        for fields: HTTPHeaders in [["origin": "http://page"], ["content-type": "text/plain"]] {
            #expect(throws: APIError.self) { try find(fields) }
        }
    }

    @Test func aClientThatLeavesHasWorkersAskedNoFurther() async throws {
        let (started, start) = AsyncStream<Void>.makeStream()
        let (ended, end) = AsyncStream<Bool>.makeStream()
        let worker = OrderedWorker(id: WorkerID("slow"), models: []) { _ in
            start.yield()
            try? await Task.sleep(for: .seconds(3600))
            end.yield(Task.isCancelled)
            return .unable("")
        }
        try await RunningGateway.run(workers: [worker]) { gateway in
            let client = try await gateway.connect()
            try await client.writeAndFlush(ByteBuffer(bytes: HTTPRequests.post("/flush_cache", "")))
            for await _ in started { break }
            try await client.close()
            for await isCancelled in ended {
                #expect(isCancelled)
                break
            }
        }
    }
}
