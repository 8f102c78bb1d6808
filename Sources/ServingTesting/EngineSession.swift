package import ServingModel
import Synchronization

/// An engine with one consumer, and the means to wait for events without waiting for time to pass.
package final class EngineSession: Sendable {
    package let engine: any Engine
    package let recorder = EventRecorder()
    private let subject: EngineConformance.Subject
    private let nextID = Mutex<UInt64>(1)

    package init(_ engine: any Engine, _ subject: EngineConformance.Subject) {
        self.engine = engine
        self.subject = subject
    }

    /// A greedy request for exactly `maxTokens` tokens; not submitted yet.
    package func request(_ maxTokens: Int, prompt: [TokenID]? = nil) -> GenerationRequest {
        let id = nextID.withLock { id in
            defer { id += 1 }
            return RequestID(id)
        }
        var stop = StopConditions(maxTokens: maxTokens)
        stop.ignoresEndOfSequence = true
        var request = GenerationRequest(id: id, prompt: prompt ?? subject.prompt, stop: stop)
        request.sampling.temperature = 0
        return request
    }

    package func submit(_ request: GenerationRequest) { engine.submit(request, to: recorder) }

    /// Lets the engine work until the request's outcome meets a condition, and returns that outcome.
    @discardableResult
    package func wait(
        for request: GenerationRequest, until isMet: @escaping @Sendable (RequestOutcome) -> Bool
    ) async throws -> RequestOutcome {
        let isThere = { @Sendable (events: [GenerationEvent]) in isMet(RequestOutcome(of: request.id, in: events)) }
        if let step = subject.step {
            while !isThere(recorder.events) {
                try EngineConformance.require(step(engine), "the engine has nothing to do, and an event is missing")
                // What the engine waits for may need this thread.
                await Task.yield()
            }
        } else {
            await recorder.wait(until: isThere)
        }
        let outcome = outcome(of: request)
        try EngineConformance.require(outcome.disorder == nil, "\(outcome.disorder ?? "")")
        return outcome
    }

    /// Waits until every choice has finished or the request has failed.
    package func end(of request: GenerationRequest) async throws -> RequestOutcome {
        let choices = request.choices
        return try await wait(for: request) { $0.failure != nil || $0.ends.count == choices }
    }

    package func outcome(of request: GenerationRequest) -> RequestOutcome {
        RequestOutcome(of: request.id, in: recorder.events)
    }

    package func complete(_ request: GenerationRequest) async throws -> RequestOutcome {
        submit(request)
        return try await end(of: request)
    }

    /// Starts and pauses requests that take up every sequence, so that others wait.
    package func occupy() async throws -> [GenerationRequest] {
        let occupants = (0..<subject.parallelSequences).map { _ in request(48) }
        for occupant in occupants {
            submit(occupant)
            try await wait(for: occupant) { !$0.reports.isEmpty }
            engine.setPaused(occupant.id, true)
        }
        return occupants
    }
}
