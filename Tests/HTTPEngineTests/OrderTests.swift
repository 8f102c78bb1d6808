import HTTPEngine
import NIOHTTP1
import ServingModel
import Testing

/// What servers of the same API are told to do beside their requests.
struct OrderTests {
    /// What a server of this owner's models says, where it has only `path`.
    private func carryOut(
        _ order: WorkerOrder, owner: String, at path: String, status: Int = 200, saying body: String
    ) async throws -> WorkerReply {
        var reply: WorkerReply?
        try await ScriptedServer.with { exchange in
            switch (exchange.head.method, exchange.head.uri) {
            case (.GET, "/v1/models"): exchange.answer(#"{"data":[{"id":"m","owned_by":"\#(owner)"}]}"#)
            case (.POST, path): exchange.answer(body, status: status)
            default: exchange.answer(#"{"detail":"Not Found"}"#, status: 404)
            }
        } _: { server in
            try await UpstreamFixture.with(port: server.port) { reply = await $0.upstream.carryOut(order) }
        }
        return try #require(reply)
    }

    @Test func eachServerHasItsEndpoint() async throws {
        let flush = WorkerOrder.flushCache(waitSeconds: 0)
        #expect(
            try await carryOut(flush, owner: "vllm", at: "/reset_prefix_cache", saying: "")
                == WorkerReply(isDone: true, message: "status 200"))
        #expect(
            try await carryOut(flush, owner: "sglang", at: "/flush_cache", saying: "Cache flushed.")
                == WorkerReply(isDone: true, message: "Cache flushed."))
        #expect(
            try await carryOut(
                .flushCache(waitSeconds: 2.5), owner: "sglang", at: "/flush_cache?timeout=2.5", saying: "ok"
            ).isDone)
        for (order, path) in [
            (WorkerOrder.startProfile(ProfileOptions()), "/start_profile"), (.stopProfile, "/stop_profile"),
        ] {
            for owner in ["vllm", "sglang"] {
                #expect(try await carryOut(order, owner: owner, at: path, saying: "ok").isDone)
            }
        }
    }

    @Test func anotherGatewaySaysWhatItsWorkersSay() async throws {
        let body = #"{"ok":false,"workers":[{"worker":"a","ok":true,"message":"one"},{"ok":false,"message":"two"}]}"#
        let reply = try await carryOut(
            .flushCache(waitSeconds: 0), owner: "drover", at: "/flush_cache", saying: body)
        #expect(reply == .unable("one; two"))
    }

    @Test func saysWhatIsWrong() async throws {
        let flush = WorkerOrder.flushCache(waitSeconds: 0)
        #expect(
            try await carryOut(flush, owner: "vllm", at: "/none", saying: "")
                == .unable("it has no /reset_prefix_cache; vLLM has it only where it is started for that"))
        #expect(
            try await carryOut(flush, owner: "llamacpp", at: "/none", saying: "")
                == .unable("llama-server has no endpoint for this"))
        #expect(
            try await carryOut(
                flush, owner: "sglang", at: "/flush_cache", status: 401, saying: #"{"error":"Unauthorized"}"#)
                == .unable("Unauthorized"))
    }
}
