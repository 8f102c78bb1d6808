import ServingModel

extension EngineConformance {
    func startsOnceAndEndsWithTheLimit(_ session: EngineSession) async throws {
        for count in [1, 3, 9] {
            let outcome = try await session.complete(session.request(count))
            try Self.require(outcome.reports.count == 1, "started \(outcome.reports.count) times")
            try Self.require(outcome.ids().count == count, "\(outcome.ids().count) tokens instead of \(count)")
            try Self.require(outcome.ends == [0: .length], "it ended with \(outcome.ends)")
        }
    }

    func finishesEveryChoice(_ session: EngineSession) async throws {
        var request = session.request(5)
        request.choices = min(3, subject.parallelSequences)
        request.sampling.temperature = 1
        if !subject.refusedFields.contains("seed") { request.sampling.seed = 11 }
        let outcome = try await session.complete(request)
        try Self.require(outcome.reports.count == 1, "started \(outcome.reports.count) times")
        for choice in 0..<request.choices {
            try Self.require(outcome.ids(of: choice).count == 5, "choice \(choice) has \(outcome.ids(of: choice))")
            try Self.require(outcome.ends[choice] == .length, "choice \(choice) ended with \(outcome.ends)")
        }
        try Self.require(outcome.tokens.count == request.choices, "choices that nobody asked for")
    }

    func generatesNothingForZeroTokens(_ session: EngineSession) async throws {
        let outcome = try await session.complete(session.request(0))
        try Self.require(outcome.reports.count == 1 && outcome.tokens.isEmpty, "tokens: \(outcome.tokens)")
        try Self.require(outcome.ends == [0: .length], "it ended with \(outcome.ends)")
    }

    func endsBeforeStopTokens(_ session: EngineSession) async throws {
        let whole = try await session.complete(session.request(12)).ids()
        guard let stop = whole.last, let place = whole.firstIndex(of: stop) else {
            throw Violation(description: "no tokens")
        }
        var request = session.request(12)
        request.stop.stopTokens = [stop]
        let outcome = try await session.complete(request)
        try Self.require(outcome.ids() == Array(whole.prefix(place)), "\(outcome.ids()) before \(stop) of \(whole)")
        try Self.require(outcome.ends == [0: .stop(stop)], "it ended with \(outcome.ends)")
    }

    func reportsLogprobs(_ session: EngineSession) async throws {
        for count in [0, 1, 5] {
            var request = session.request(4)
            request.topLogprobs = count
            for token in try await session.complete(request).tokens[0, default: []] {
                guard let logprobs = token.logprobs else { throw Violation(description: "no log-probabilities") }
                try Self.require(logprobs.logprob <= 1e-4, "a log-probability of \(logprobs.logprob)")
                try Self.require(logprobs.top.count == count, "\(logprobs.top.count) instead of \(count) alternatives")
                let isSorted = zip(logprobs.top, logprobs.top.dropFirst()).allSatisfy { $0.logprob >= $1.logprob }
                try Self.require(isSorted, "the alternatives are not sorted")
                try Self.require(
                    logprobs.top.first.map { $0.id == token.id && $0.logprob == logprobs.logprob } ?? true,
                    "the token that was taken greedily is not the likeliest")
            }
        }
    }

    func reportsNoLogprobsUnasked(_ session: EngineSession) async throws {
        let outcome = try await session.complete(session.request(3))
        let isSilent = outcome.tokens[0, default: []].allSatisfy { $0.logprobs == nil }
        try Self.require(isSilent && outcome.reports.first?.logprobs == [], "log-probabilities that nobody asked for")
    }

    func reportsPromptLogprobs(_ session: EngineSession) async throws {
        for maxTokens in [0, 2] {
            var request = session.request(maxTokens)
            request.topLogprobs = 2
            request.reportsPromptLogprobs = true
            if try await refuses("echo", request, session) { continue }
            guard let report = try await session.complete(request).reports.first else {
                throw Violation(description: "not started")
            }
            try Self.require(
                report.logprobs.count == request.prompt.count,
                "\(report.logprobs.count) for \(request.prompt.count) tokens")
            let isRight = report.logprobs.enumerated().allSatisfy { at, logprobs in
                at == 0 ? logprobs == nil : logprobs.map { $0.logprob <= 1e-4 } ?? false
            }
            try Self.require(isRight, "all but the first have a log-probability")
        }
    }

    func repeatsASeed(_ session: EngineSession) async throws {
        var outputs: [[TokenID]] = []
        for seed in [7, 7, 8] as [UInt64] {
            var request = session.request(16)
            request.sampling.temperature = 1
            request.sampling.seed = seed
            if try await refuses("seed", request, session) { return }
            outputs.append(try await session.complete(request).ids())
        }
        try Self.require(outputs[0] == outputs[1], "\(outputs[0]) and \(outputs[1]) come of the same seed")
        try Self.require(outputs[0] != outputs[2], "another seed gives the same tokens")
    }
}
