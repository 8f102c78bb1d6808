package import ServingModel

/// What every implementation of `Engine` must do, as checks that each make an engine of their own.
package struct EngineConformance: Sendable {
    /// The engine under test.
    package struct Subject: Sendable {
        /// Makes an engine with room for `parallelSequences` choices and `queueRequests` waiting requests.
        package var make: @Sendable () throws -> any Engine
        /// Computes one step if the engine doesn't by itself; false when there was nothing to do.
        package var step: (@Sendable (any Engine) -> Bool)?
        /// Begins a continuation of at least 64 tokens when end-of-sequence tokens are ignored.
        package var prompt: [TokenID]
        package var parallelSequences: Int
        package var queueRequests: Int
        /// The time that the engine's clock shows.
        package var now: Moment
        /// Fields of the API that this engine cannot be asked for: it refuses them as `invalid`, by name.
        package var refusedFields: Set<String> = []
        /// How it says that its queue is full.
        package var fullQueue = FullQueue.saysLimit
        /// How many tokens of a paused request may still come: those that were on their way.
        package var tokensAfterPause = 0

        package init(
            make: @escaping @Sendable () throws -> any Engine, step: (@Sendable (any Engine) -> Bool)? = nil,
            prompt: [TokenID], parallelSequences: Int, queueRequests: Int, now: Moment
        ) {
            self.make = make
            self.step = step
            self.prompt = prompt
            self.parallelSequences = parallelSequences
            self.queueRequests = queueRequests
            self.now = now
        }
    }

    package enum FullQueue: Sendable {
        /// `queueFull`, with the limit.
        case saysLimit
        /// `unavailable`: the protocol that the engine is behind has no place for the limit, and another engine may have
        /// room.
        case isUnavailable
    }

    package enum Check: String, CaseIterable, Sendable {
        case startsOnceAndEndsWithTheLimit, finishesEveryChoice, generatesNothingForZeroTokens
        case endsBeforeStopTokens, reportsLogprobs, reportsNoLogprobsUnasked, reportsPromptLogprobs
        case cancelsAChoice, cancelsTheFirstChoiceInTheQueue, cancelsARequest, ignoresUnknownRequests
        case pausesAndResumes, refusesTooLongPrompts, refusesTooManyChoices, repeatsASeed
        case refusesWhenTheQueueIsFull, refusesLateRequests, answersEverythingOnShutDown
    }

    /// A part of the contract that does not hold.
    package struct Violation: Error, CustomStringConvertible {
        package let description: String
    }

    let subject: Subject

    package init(_ subject: Subject) { self.subject = subject }

    package func run(_ check: Check) async throws {
        let session = EngineSession(try subject.make(), subject)
        do {
            try await run(check, session)
        } catch {
            await session.engine.shutDown()
            throw error
        }
        await session.engine.shutDown()
    }

    private func run(_ check: Check, _ session: EngineSession) async throws {
        switch check {
        case .startsOnceAndEndsWithTheLimit: try await startsOnceAndEndsWithTheLimit(session)
        case .finishesEveryChoice: try await finishesEveryChoice(session)
        case .generatesNothingForZeroTokens: try await generatesNothingForZeroTokens(session)
        case .endsBeforeStopTokens: try await endsBeforeStopTokens(session)
        case .reportsLogprobs: try await reportsLogprobs(session)
        case .reportsNoLogprobsUnasked: try await reportsNoLogprobsUnasked(session)
        case .reportsPromptLogprobs: try await reportsPromptLogprobs(session)
        case .cancelsAChoice: try await cancelsAChoice(session)
        case .cancelsTheFirstChoiceInTheQueue: try await cancelsTheFirstChoiceInTheQueue(session)
        case .cancelsARequest: try await cancelsARequest(session)
        case .ignoresUnknownRequests: try await ignoresUnknownRequests(session)
        case .pausesAndResumes: try await pausesAndResumes(session)
        case .refusesTooLongPrompts: try await refusesTooLongPrompts(session)
        case .refusesTooManyChoices: try await refusesTooManyChoices(session)
        case .repeatsASeed: try await repeatsASeed(session)
        case .refusesWhenTheQueueIsFull: try await refusesWhenTheQueueIsFull(session)
        case .refusesLateRequests: try await refusesLateRequests(session)
        case .answersEverythingOnShutDown: try await answersEverythingOnShutDown(session)
        }
    }

    /// Whether the engine is declared to refuse a field; throws if it is and does not.
    func refuses(_ field: String, _ request: GenerationRequest, _ session: EngineSession) async throws -> Bool {
        guard subject.refusedFields.contains(field) else { return false }
        let outcome = try await session.complete(request)
        guard case .invalid(field: field, _) = outcome.failure else {
            throw Violation(description: "'\(field)' is answered with \(outcome)")
        }
        return true
    }

    static func require(_ isMet: Bool, _ what: @autoclosure () -> String) throws {
        if !isMet { throw Violation(description: what()) }
    }
}
