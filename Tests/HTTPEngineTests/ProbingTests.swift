import HTTPEngine
import NIOHTTP1
import Testing

struct ProbingTests {
    /// Runs `body` with an upstream whose server has these answers, by path; to others it says 404.
    private func with(
        _ answers: [String: (status: Int, body: String)], fields: [String] = [],
        limits: HTTPUpstreamLimits = HTTPUpstreamLimits(), _ body: (HTTPUpstream) async throws -> Void
    ) async throws {
        try await ScriptedServer.with { exchange in
            let answer = answers[exchange.head.uri] ?? (404, #"{"detail":"Not Found"}"#)
            exchange.answer(answer.body, status: answer.status, fields: fields)
        } _: { server in
            try await UpstreamFixture.with(port: server.port, limits: limits) { try await body($0.upstream) }
        }
    }

    private typealias Description = HTTPUpstreamDescription
    private typealias Model = HTTPUpstreamDescription.Model

    @Test func knowsVLLM() async throws {
        let models =
            #"{"object":"list","data":[{"id":"m/a","object":"model","owned_by":"vllm","root":"m/a","parent":null,"#
            + #""max_model_len":4096},{"id":"lora","owned_by":"vllm","parent":"m/a","max_model_len":null}]}"#
        try await with(["/v1/models": (200, models), "/version": (200, #"{"version":"0.11.0"}"#)]) { upstream in
            let description = try await upstream.describe(timeoutSeconds: 60)
            #expect(
                description
                    == Description(
                        models: [Model(id: "m/a", contextTokens: 4096), Model(id: "lora")], software: .vllm,
                        version: "0.11.0"))
        }
    }

    @Test func knowsSGLang() async throws {
        let models = #"{"data":[{"id":"m","owned_by":"sglang","max_model_len":8192}]}"#
        let info = #"{"version":"0.5.3","max_total_num_tokens":100}"#
        try await with(["/v1/models": (200, models), "/get_server_info": (200, info)]) { upstream in
            let description = try await upstream.describe(timeoutSeconds: 60)
            #expect(
                description
                    == Description(
                        models: [Model(id: "m", contextTokens: 8192)], software: .sglang, version: "0.5.3"))
        }
    }

    @Test(arguments: [#","owned_by":"llamacpp""#, ""]) func knowsLlamaServer(owner: String) async throws {
        let models = #"{"data":[{"id":"m.gguf"\#(owner),"meta":{"n_ctx_train":131072}}]}"#
        let props = #"{"default_generation_settings":{"n_ctx":2048},"total_slots":2,"build_info":"b4719-d4"}"#
        try await with(["/v1/models": (200, models), "/props": (200, props)], fields: ["Server: llama.cpp"]) {
            let description = try await $0.describe(timeoutSeconds: 60)
            #expect(
                description
                    == Description(
                        models: [Model(id: "m.gguf", contextTokens: 2048)], software: .llamaServer,
                        version: "b4719-d4"))
        }
    }

    @Test func knowsOllama() async throws {
        let models = #"{"data":[{"id":"llama3:8b","owned_by":"library"}]}"#
        try await with(["/v1/models": (200, models), "/api/version": (200, #"{"version":"0.12.3"}"#)]) { upstream in
            let description = try await upstream.describe(timeoutSeconds: 60)
            #expect(
                description
                    == Description(models: [Model(id: "llama3:8b")], software: .ollama, version: "0.12.3"))
            let isHealthy = await upstream.isHealthy(timeoutSeconds: 60)
            #expect(isHealthy)
        }
    }

    @Test func takesAnyListOfModels() async throws {
        try await with(["/v1/models": (200, #"{"data":[{"id":"m"},{"name":"no id"}]}"#)]) { upstream in
            let description = try await upstream.describe(timeoutSeconds: 60)
            #expect(description == Description(models: [Model(id: "m")], software: .unknown))
        }
    }

    @Test(arguments: [
        (200, "[]", HTTPUpstreamError.foreign("its list of models is no JSON object with an array 'data'")),
        (200, String(repeating: " ", count: 2000), .foreign("its answer to /v1/models has more than 1000 bytes")),
        (503, "{}", .refused(status: 503, path: "/v1/models")),
    ])
    func saysWhatIsWrong(status: Int, body: String, error: HTTPUpstreamError) async throws {
        var limits = HTTPUpstreamLimits()
        limits.probeBytes = 1000
        try await with(["/v1/models": (status, body)], limits: limits) { upstream in
            await #expect(throws: error) { try await upstream.describe(timeoutSeconds: 60) }
        }
    }

    @Test func waitsNoLongerThanIsSaid() async throws {
        try await ScriptedServer.with { _ in
        } _: { server in
            try await UpstreamFixture.with(port: server.port) { fixture in
                await #expect(throws: HTTPUpstreamError.unreachable("no answer in time")) {
                    try await fixture.upstream.describe(timeoutSeconds: 0.05)
                }
                let isHealthy = await fixture.upstream.isHealthy(timeoutSeconds: 0.05)
                #expect(!isHealthy)
            }
        }
    }

    @Test(arguments: [(200, 404, true), (503, 200, false), (404, 200, true), (404, 500, false)])
    func tellsHealth(health: Int, models: Int, isHealthy: Bool) async throws {
        try await with(["/health": (health, ""), "/v1/models": (models, "{}")]) { upstream in
            let told = await upstream.isHealthy(timeoutSeconds: 60)
            #expect(told == isHealthy)
        }
    }
}
