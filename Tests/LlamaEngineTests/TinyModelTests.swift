import LlamaEngine
import ServingModel
import ServingTesting
import Testing

/// What needs a model of a certain kind, or an engine that is told something at a certain step.
@Suite(.timeLimit(.minutes(1)))
struct TinyModelTests {
    /// A session on an engine with a tiny model.
    private func withSession(
        window: UInt32? = nil, cacheTokens: Int = 512, _ body: (EngineSession) async throws -> Void
    ) async throws {
        let model = try TinyModelFile.model(window: window)
        var configuration = LlamaConfiguration(model: ModelID("tiny"), threads: 1)
        configuration.contextTokens = min(cacheTokens, 256)
        configuration.cacheTokens = cacheTokens
        configuration.parallelSequences = 4
        let engine = try EmbeddedEngine(
            model: model, configuration: configuration, drawSeed: { 1 }, now: { TestModel.clock.now })
        try await TestModel.withSession(engine, body)
    }

    private static func prompt(_ count: Int, seed: UInt64) -> [TokenID] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { _ in TokenID(.random(in: 0..<256, using: &random)) }
    }

    /// llama.cpp reuses the cells that have left a sequence's window, so nothing of that sequence can be shared: what
    /// has the same beginning as a finished sequence, whose cells others have written over, gives what it gives alone.
    @Test(arguments: [8, nil] as [UInt32?]) func writesTheSameTextWhateverTheCacheHolds(window: UInt32?) async throws {
        let first = Self.prompt(100, seed: 1)
        let second = Array(first.prefix(60)) + Self.prompt(20, seed: 2)
        var expected: [TokenID] = []
        try await withSession(window: window, cacheTokens: 256) { session in
            expected = try await session.complete(session.request(24, prompt: second)).ids()
        }
        try await withSession(window: window, cacheTokens: 256) { session in
            for seed in [1, 3, 4, 5] as [UInt64] {
                _ = try await session.complete(session.request(4, prompt: Self.prompt(100, seed: seed)))
                // Keeps the first from being evicted, but for its end.
                _ = try await session.complete(session.request(1, prompt: Array(first.prefix(70))))
            }
            let outcome = try await session.complete(session.request(24, prompt: second))
            #expect(outcome.failure == nil && outcome.ids() == expected)
            #expect((outcome.reports.first?.cachedTokens == 0) == (window != nil))
        }
    }

    /// A prompt that is computed anew from its beginning reports each log-probability once, at its token.
    @Test func reportsAPreemptedPromptAsIfItHadRunThrough() async throws {
        let prompt = Self.prompt(220, seed: 9)
        let report = { (session: EngineSession) in
            var request = session.request(1, prompt: prompt)
            request.topLogprobs = 1
            request.reportsPromptLogprobs = true
            return request
        }
        var expected: [TokenLogprobs?] = []
        try await withSession(cacheTokens: 256) { session in
            expected = try await session.complete(report(session)).reports[0].logprobs
        }
        #expect(expected.count == prompt.count && expected[0] == nil && expected.dropFirst().allSatisfy { $0 != nil })
        try await withSession(cacheTokens: 256) { session in
            // Both grow at once, until the cache is full in the middle of the second's prompt.
            let running = session.request(60, prompt: Self.prompt(30, seed: 10))
            let reporting = report(session)
            let consumer = ActingConsumer(session.recorder, at: .token) { session.submit(reporting) }
            session.engine.submit(running, to: consumer)
            let actual = try await session.end(of: reporting).reports[0].logprobs
            #expect(session.engine.snapshot().preemptions > 0, "else this shows nothing")
            #expect(actual.count == expected.count)
            for (at, (left, right)) in zip(actual, expected).enumerated() {
                let difference = abs((left?.logprob ?? 0) - (right?.logprob ?? 0))
                #expect((left == nil) == (right == nil) && difference < 0.01, "token \(at)")
            }
            #expect(try await session.end(of: running).ids().count == 60)
        }
    }

    /// llama.cpp's grammar sampler finds `{` in such a token when it is asked, and throws when it has to accept it.
    @Test(arguments: [0, 1] as [Float]) func keepsTokensWithAZeroByteOutOfAGrammar(temperature: Float) async throws {
        try await withSession { session in
            for _ in 0..<4 {
                var request = session.request(20, prompt: Self.prompt(10, seed: 11))
                request.constraint = .jsonObject
                request.sampling.temperature = temperature
                request.sampling.logitBias = [TokenID(TinyModelFile.braceAndNul): 100]
                let outcome = try await session.complete(request)
                #expect(outcome.failure == nil && !outcome.ids().isEmpty)
                #expect(!outcome.ids().contains(TokenID(TinyModelFile.braceAndNul)))
            }
        }
    }

    // MARK: Shutting down

    /// A request that shuts the engine down with its first token, and is then cut off; `action` comes right behind.
    private func shutDown(
        _ session: EngineSession, _ consumer: any EventConsumer, then action: @escaping @Sendable () -> Void = {}
    ) async throws {
        let running = session.request(100, prompt: Self.prompt(10, seed: 12))
        let stopper = ActingConsumer(consumer, at: .token) {
            // The engine is told here, at once; its end is waited for elsewhere.
            Task.immediate { await session.engine.shutDown() }
            action()
        }
        session.engine.submit(running, to: stopper)
        let failure = try await session.end(of: running).failure
        #expect(failure == .stopping)
    }

    /// What is submitted behind a shut-down that the engine has not seen yet is answered like what ran before it.
    @Test func answersWhatComesBehindAShutDown() async throws {
        try await withSession { session in
            let late = session.request(1, prompt: Self.prompt(10, seed: 13))
            try await shutDown(session, session.recorder) { session.submit(late) }
            let failure = try await session.end(of: late).failure
            #expect(failure == .stopping)
        }
    }

    /// So is what comes between the engine's last look and its end.
    @Test func answersWhatComesWhileItEnds() async throws {
        try await withSession { session in
            let late = session.request(1, prompt: Self.prompt(10, seed: 13))
            let consumer = ActingConsumer(session.recorder, at: .failure) { session.submit(late) }
            try await shutDown(session, consumer)
            let failure = try await session.end(of: late).failure
            #expect(failure == .stopping)
        }
    }
}
