import ServingModel

extension EngineConformance {
    func cancelsAChoice(_ session: EngineSession) async throws {
        guard subject.parallelSequences >= 2 else { return }
        var request = session.request(40)
        request.choices = 2
        session.submit(request)
        try await session.wait(for: request) { $0.ids(of: 0).count >= 2 && $0.ids(of: 1).count >= 2 }
        session.engine.cancel(request.id, choice: 0)
        let seen = session.outcome(of: request).ids(of: 1).count
        let outcome = try await session.wait(for: request) { $0.ends[1] != nil }
        try Self.require(outcome.ids(of: 1).count == 40, "the other choice has \(outcome.ids(of: 1).count) tokens")
        try Self.require(outcome.ends[0] == nil, "the cancelled choice ended with \(outcome.ends)")
        let late = outcome.ids(of: 0).count - seen
        try Self.require(late <= 1, "\(late) tokens of a cancelled choice")
    }

    func cancelsTheFirstChoiceInTheQueue(_ session: EngineSession) async throws {
        guard subject.parallelSequences >= 2 else { return }
        let occupants = try await session.occupy()
        var request = session.request(3)
        request.choices = 2
        session.submit(request)
        session.engine.cancel(request.id, choice: 0)
        for occupant in occupants { session.engine.cancel(occupant.id, choice: nil) }
        let outcome = try await session.wait(for: request) { $0.ends[1] != nil }
        try Self.require(outcome.ids(of: 1).count == 3, "the other choice has \(outcome.ids(of: 1).count) tokens")
        try Self.require(
            outcome.tokens[0] == nil && outcome.ends[0] == nil, "events of a choice that was cancelled before it began")
    }

    func cancelsARequest(_ session: EngineSession) async throws {
        let request = session.request(60)
        session.submit(request)
        try await session.wait(for: request) { $0.ids().count >= 2 }
        session.engine.cancel(request.id, choice: nil)
        let later = try await session.complete(session.request(8))
        let outcome = session.outcome(of: request)
        try Self.require(outcome.ends.isEmpty && outcome.failure == nil, "a cancelled request ended")
        // Commands are obeyed in order, so nothing of the first can come behind the beginning of the second.
        let isSilent = (outcome.positions.last ?? 0) < (later.positions.first ?? 0)
        try Self.require(isSilent, "events of a cancelled request")
    }

    func ignoresUnknownRequests(_ session: EngineSession) async throws {
        let request = session.request(3)
        session.engine.cancel(request.id, choice: nil)
        session.engine.cancel(request.id, choice: 5)
        session.engine.setPaused(request.id, true)
        let outcome = try await session.complete(request)
        try Self.require(outcome.ids().count == 3, "verbs before the submission count")
        session.engine.cancel(request.id, choice: 0)
        session.engine.setPaused(request.id, false)
        try Self.require(try await session.complete(session.request(2)).ids().count == 2, "the engine has come off")
    }

    func pausesAndResumes(_ session: EngineSession) async throws {
        let request = session.request(40)
        session.submit(request)
        try await session.wait(for: request) { $0.ids().count >= 2 }
        session.engine.setPaused(request.id, true)
        let other = try await session.complete(session.request(8))
        let before = session.outcome(of: request)
        let late = before.positions.filter { $0 > other.positions.first ?? 0 }.count
        try Self.require(late <= subject.tokensAfterPause, "\(late) tokens of a paused request")
        try Self.require(before.ends.isEmpty, "a paused request ended")
        session.engine.setPaused(request.id, false)
        let after = try await session.end(of: request)
        try Self.require(after.ids().count == 40, "\(after.ids().count) tokens instead of 40")
        try Self.require(after.ids().starts(with: before.ids()), "other tokens than before the pause")
    }

    func refusesTooLongPrompts(_ session: EngineSession) async throws {
        let context = session.engine.card.contextTokens
        let prompt = (0..<context + 5).map { subject.prompt[$0 % subject.prompt.count] }
        let tooLong = try await session.complete(session.request(4, prompt: prompt))
        try Self.require(
            tooLong.failure == .contextExceeded(promptTokens: context + 5, contextTokens: context),
            "answered with \(String(describing: tooLong.failure))")
        let full = try await session.complete(session.request(4, prompt: Array(prompt.prefix(context - 2))))
        try Self.require(full.ids().count == 2 && full.ends == [0: .length], "a full context gives \(full.ids())")
    }

    func refusesTooManyChoices(_ session: EngineSession) async throws {
        var request = session.request(4)
        request.choices = subject.parallelSequences + 1
        let outcome = try await session.complete(request)
        guard case .invalid(field: "n", _) = outcome.failure else {
            throw Violation(description: "answered with \(outcome)")
        }
    }

    func refusesWhenTheQueueIsFull(_ session: EngineSession) async throws {
        let occupants = try await session.occupy()
        let waiting = (0..<subject.queueRequests).map { _ in session.request(2) }
        for request in waiting { session.submit(request) }
        let refused = try await session.complete(session.request(2))
        switch (subject.fullQueue, refused.failure) {
        case (.saysLimit, .queueFull(subject.queueRequests)), (.isUnavailable, .unavailable): break
        default: throw Violation(description: "answered with \(String(describing: refused.failure))")
        }
        for occupant in occupants { session.engine.cancel(occupant.id, choice: nil) }
        for request in waiting {
            try Self.require(try await session.end(of: request).ids().count == 2, "a waiting request was not served")
        }
    }

    func refusesLateRequests(_ session: EngineSession) async throws {
        _ = try await session.occupy()
        var request = session.request(2)
        request.queueDeadline = subject.now
        let outcome = try await session.complete(request)
        try Self.require(outcome.failure == .deadlinePassed, "answered with \(String(describing: outcome.failure))")
    }

    func answersEverythingOnShutDown(_ session: EngineSession) async throws {
        var requests = try await session.occupy()
        requests += (0..<subject.queueRequests).map { _ in session.request(2) }
        for request in requests.dropFirst(subject.parallelSequences) { session.submit(request) }
        await session.engine.shutDown()
        requests.append(session.request(2))
        session.submit(requests[requests.count - 1])
        for request in requests {
            let failure = session.outcome(of: request).failure
            try Self.require(failure == .stopping, "answered with \(String(describing: failure))")
        }
    }
}
