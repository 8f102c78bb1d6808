import EngineWire
import MockEngines
import RPCTesting
import RPCTransport
import ServingModel
import Testing

@Suite struct MockGenerationTests {
    @Test(arguments: EngineDialect.allCases, [true, false])
    func repeatsItsTokens(_ dialect: EngineDialect, isStreamed: Bool) async throws {
        let tokens = [30, 31, 32, 33].map { TokenID($0) }
        try await Mock.run(dialect) { profile in
            profile.tokens = .list(tokens)
            profile.cachedTokens = 2
            profile.chunkTokens = 4
        } _: { mock in
            let answer = try await mock.generate(Mock.request(maxTokens: 6) { $0.isStreamed = isStreamed })
            #expect(answer.status?.code == .ok && answer.isComplete && answer.error == nil)
            #expect(answer.tokens[0] == tokens + tokens.prefix(2) && answer.ends == [0: .length])
            #expect(answer.report?.cachedTokens == 2)
            let seen = try #require(mock.engine.requests.first)
            #expect(seen.prompt.count == 3 && seen.isStreamed == isStreamed && seen.maxTokens == 6)
        }
    }

    @Test(arguments: EngineDialect.allCases) func endsByItself(_ dialect: EngineDialect) async throws {
        try await Mock.run(dialect, { $0.count = 5 }) { mock in
            var answer = try await mock.generate(Mock.request(maxTokens: 20))
            #expect(answer.tokens[0]?.count == 5 && answer.ends == [0: .stop(TokenID(2))])
            answer = try await mock.generate(Mock.request(maxTokens: 20) { $0.stop.ignoresEndOfSequence = true })
            #expect(answer.tokens[0]?.count == 20 && answer.ends == [0: .length])
        }
    }

    @Test(arguments: EngineDialect.allCases) func stopsAtAToken(_ dialect: EngineDialect) async throws {
        try await Mock.run(dialect, { $0.tokens = .list([30, 31, 32].map { TokenID($0) }) }) { mock in
            let answer = try await mock.generate(Mock.request { $0.stop.stopTokens = [TokenID(32)] })
            #expect(answer.tokens[0] == [30, 31].map { TokenID($0) } && answer.ends == [0: .stop(TokenID(32))])
        }
    }

    @Test(arguments: [EngineDialect.vllm, .trtllm]) func givesChoicesOfTheirOwn(_ dialect: EngineDialect) async throws {
        try await Mock.run(dialect) { mock in
            let request = Mock.request { request in
                request.choices = 3
                request.sampling.temperature = 1
                request.sampling.seed = 4
            }
            let answer = try await mock.generate(request)
            #expect(Set(answer.tokens.keys) == [0, 1, 2] && answer.ends.count == 3)
            #expect(Set(answer.tokens.values).count == 3)
            #expect(try await mock.generate(request).tokens == answer.tokens)
        }
    }

    @Test(arguments: EngineDialect.allCases) func reportsLogprobs(_ dialect: EngineDialect) async throws {
        try await Mock.run(dialect) { mock in
            let answer = try await mock.generate(Mock.request { $0.topLogprobs = 2 })
            #expect(answer.tokens[0]?.count == 6 && answer.error == nil)
        }
    }

    @Test(arguments: EngineDialect.allCases) func isAborted(_ dialect: EngineDialect) async throws {
        try await Mock.run(dialect, { $0.delaySeconds = 3600 }) { mock in
            let request = Mock.request()
            let call = try await mock.begin(request)
            await mock.link.wait(for: call) { !$0.messages.isEmpty }
            var bytes: [UInt8] = []
            dialect.appendAbort("one", to: &bytes)
            let abort = try await mock.link.begin(dialect.service, "Abort", bytes)
            #expect(await mock.link.end(of: abort).status?.code == .ok)
            let answer = mock.read(await mock.link.end(of: call), request)
            #expect(answer.failure != nil && answer.status?.code == .ok)
            #expect(mock.engine.counts.aborted == 1 && mock.engine.counts.running == 0)
        }
    }

    @Test func noticesAClientThatLeaves() async throws {
        try await Mock.run(.vllm, { $0.delaySeconds = 3600 }) { mock in
            let call = try await mock.begin(Mock.request())
            await mock.link.wait(for: call) { !$0.messages.isEmpty }
            try await mock.link.cancel(call)
            try await mock.settle()
            #expect(mock.engine.counts.cancelled == 1)
            #expect(mock.engine.counts.running == 0)
        }
    }

    @Test func waitsForASlowReader() async throws {
        try await Mock.run(.vllm, { $0.count = 200_000 }) { mock in
            let request = Mock.request(maxTokens: 100_000)
            let call = try await mock.begin(request)
            try await mock.link.setPaused(call, true)
            await mock.link.wait(for: call) { !$0.messages.isEmpty }
            try await mock.link.setPaused(call, false)
            let answer = mock.read(await mock.link.end(of: call), request)
            #expect(answer.tokens[0]?.count == 100_000 && answer.ends == [0: .length])
        }
    }

    @Test func queuesWhatCannotRunAtOnce() async throws {
        try await Mock.run(.vllm) { profile in
            profile.parallelSequences = 1
            profile.queueRequests = 2
            profile.isStepped = true
        } _: { mock in
            let calls = [
                try await mock.begin(Mock.request()), try await mock.begin(Mock.request()),
                try await mock.begin(Mock.request()), try await mock.begin(Mock.request()),
            ]
            #expect(await mock.link.end(of: calls[3]).status?.code == .resourceExhausted)
            #expect(mock.engine.counts.running == 1 && mock.engine.counts.waiting == 2)
            try await mock.link.cancel(calls[1])
            // One step a token; the steps before a call may run are without effect on it.
            while mock.link.outcome(of: calls[2]).status == nil {
                mock.engine.step()
                try await mock.settle()
            }
            #expect(mock.link.outcome(of: calls[0]).messages.count == 7)
            #expect(mock.link.outcome(of: calls[2]).messages.count == 7)
            #expect(mock.engine.counts.running == 0 && mock.engine.counts.waiting == 0)
            #expect(mock.engine.counts.cancelled == 1)
        }
    }

    @Test(arguments: EngineDialect.allCases) func answersWhatIsAskedRarely(_ dialect: EngineDialect) async throws {
        try await Mock.run(dialect) { profile in
            profile.bundle = TokenizerBundle(files: [("tokenizer.json", [0x7B, 0x7D])])
        } _: { mock in
            let methods = ["HealthCheck", "GetModelInfo", "GetServerInfo", "GetTokenizer"]
            let more = dialect == .trtllm ? [] : ["GetLoads", "FlushCache", "StartProfile", "StopProfile"]
            for method in methods + more {
                let call = try await mock.link.begin(dialect.service, method, [])
                let outcome = await mock.link.end(of: call)
                #expect(outcome.status?.code == .ok && outcome.messages.count == 1, "\(method)")
            }
            let call = try await mock.link.begin(dialect.service, "Nothing", [])
            #expect(await mock.link.end(of: call).status?.code == .unimplemented)
        }
    }

    @Test(arguments: [EngineDialect.vllm, .sglang]) func embeds(_ dialect: EngineDialect) async throws {
        try await Mock.run(dialect, { $0.embeddingSize = 8 }) { mock in
            var bytes: [UInt8] = []
            let request = EmbeddingRequest(id: RequestID(1), prompt: [TokenID(4), TokenID(5)])
            try dialect.appendEmbed(request, wireID: "e", to: &bytes)
            let outcome = await mock.link.end(of: try await mock.link.begin(dialect.service, "Embed", bytes))
            let message = try #require(outcome.messages.first)
            let vector = try message.withUnsafeBytes { try dialect.readEmbedding($0) }
            #expect(vector.count == 8 && vector.allSatisfy { (-1...1).contains($0) } && Set(vector).count > 1)
        }
    }
}
