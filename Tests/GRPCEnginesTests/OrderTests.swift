import EngineWire
import GRPCEngines
import MockEngines
import NIOCore
import NIOPosix
import RPCTransport
import ServingModel
import Testing

/// What engines behind gRPC are told to do beside their requests.
struct OrderTests {
    private func carryOut(
        _ order: WorkerOrder, _ dialect: EngineDialect, _ misbehaviour: (method: String, Misbehaviour)? = nil
    ) async throws -> WorkerReply {
        let engine = MockEngine(MockProfile(dialect))
        if let (method, misbehaviour) = misbehaviour { engine.answer(method, with: misbehaviour) }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let server = try await MockServer.start(engine, at: .tcp(host: "127.0.0.1", port: 0), on: group)
        let contact = GRPCContact(RPCEndpoint(server.address), modelName: nil, group: group)
        let reply = await contact.carryOut(order, dialect)
        await server.shutDown()
        try await group.shutdownGracefully()
        return reply
    }

    @Test(arguments: [EngineDialect.vllm, .sglang])
    func enginesDoWhatTheyAreTold(_ dialect: EngineDialect) async throws {
        #expect(
            try await carryOut(.flushCache(waitSeconds: 1), dialect) == WorkerReply(isDone: true, message: "flushed"))
        for order in [WorkerOrder.startProfile(ProfileOptions()), .stopProfile] {
            #expect(try await carryOut(order, dialect) == WorkerReply(isDone: true, message: "done"))
        }
    }

    @Test func saysWhatIsWrong() async throws {
        let told = try await carryOut(.stopProfile, .vllm, ("StopProfile", .status(.unimplemented)))
        #expect(told == .unable("the mock engine was told to"))
        #expect(try await !carryOut(.stopProfile, .vllm, ("StopProfile", .malformed)).isDone)
        #expect(try await !carryOut(.flushCache(waitSeconds: 0), .sglang, ("FlushCache", .close)).isDone)
        #expect(
            try await carryOut(.flushCache(waitSeconds: 0), .trtllm)
                == .unable("TensorRT-LLM's gRPC has no such method"))
    }
}
