package import ServingModel
import Synchronization

/// An engine whose tokens a test writes, and that goes on only when the test says so.
///
/// It keeps the contract of `Engine`: limits, order of events, cancellation, pauses. Every verb is answered at once or
/// by the next `step()`, on the calling thread.
package final class ScriptedEngine: Engine {
    /// What the engine was told, but for submissions.
    package enum Verb: Sendable, Equatable {
        case cancel(RequestID, choice: Int?)
        case setPaused(RequestID, Bool)
    }

    private struct State {
        var scripts: [Script] = []
        var waiting: [ScriptedRequest] = []
        var running: [ScriptedRequest] = []
        var submissions: [GenerationRequest] = []
        var verbs: [Verb] = []
        var isStopping = false
        var steps = 0
    }

    package let card: EngineCard
    private let queueRequests: Int
    private let now: @Sendable () -> Moment
    private let state = Mutex(State())

    package init(card: EngineCard, queueRequests: Int = 256, now: @escaping @Sendable () -> Moment) {
        self.card = card
        self.queueRequests = queueRequests
        self.now = now
    }

    /// Requests take these in the order of their arrival; later ones have tokens drawn from prompt and seed.
    package func play(_ scripts: [Script]) { state.withLock { $0.scripts += scripts } }

    package var submissions: [GenerationRequest] { state.withLock { $0.submissions } }
    package var verbs: [Verb] { state.withLock { $0.verbs } }

    // MARK: Engine

    package func submit(_ request: GenerationRequest, to consumer: any EventConsumer) {
        let error: EngineError? = state.withLock { state in
            state.submissions.append(request)
            let script = state.scripts.isEmpty ? Script() : state.scripts.removeFirst()
            if let error = refusal(of: request, state) { return error }
            state.waiting.append(ScriptedRequest(request, script, consumer))
            return nil
        }
        if let error { consumer.consume([.failed(request.id, error)]) }
    }

    package func cancel(_ request: RequestID, choice: Int?) {
        state.withLock { state in
            state.verbs.append(.cancel(request, choice: choice))
            change(request, in: &state) { live in
                if let choice { live.openChoices.remove(choice) } else { live.openChoices = [] }
            }
        }
    }

    package func setPaused(_ request: RequestID, _ isPaused: Bool) {
        state.withLock { state in
            state.verbs.append(.setPaused(request, isPaused))
            change(request, in: &state) { $0.isPaused = isPaused }
        }
    }

    package func snapshot() -> WorkerSnapshot {
        state.withLock { state in
            var snapshot = WorkerSnapshot()
            snapshot.runningSequences = state.running.reduce(0) { $0 + $1.openChoices.count }
            snapshot.waitingRequests = state.waiting.count
            snapshot.steps = state.steps
            return snapshot
        }
    }

    package func shutDown() async {
        let ended = state.withLock { state in
            state.isStopping = true
            defer { (state.waiting, state.running) = ([], []) }
            return state.running + state.waiting
        }
        for live in ended { live.consumer.consume([.failed(live.request.id, .stopping)]) }
    }

    // MARK: Steps

    /// Computes a step and hands its events out. False if nothing was there to do.
    @discardableResult
    package func step() -> Bool {
        let batches: [(consumer: any EventConsumer, events: [GenerationEvent])] = state.withLock { state in
            var batches = refuseLate(&state)
            admit(&state)
            for at in state.running.indices where !state.running[at].isPaused {
                Self.add(state.running[at].step(card), for: state.running[at].consumer, to: &batches)
            }
            state.running.removeAll { $0.openChoices.isEmpty }
            state.steps += batches.isEmpty ? 0 : 1
            return batches
        }
        for batch in batches { batch.consumer.consume(batch.events) }
        return !batches.isEmpty
    }

    /// Steps until nothing is left to do; at most `limit` times, a bound that no test should meet.
    package func run(atMost limit: Int = 10_000) {
        for _ in 0..<limit where !step() { return }
        preconditionFailure("the script does not end")
    }

    private func refusal(of request: GenerationRequest, _ state: State) -> EngineError? {
        if state.isStopping { return .stopping }
        let promptTokens = request.prompt.count
        guard promptTokens > 0 else { return .invalid(field: "prompt", reason: "must hold at least one token") }
        guard promptTokens + min(request.stop.maxTokens, 1) <= card.contextTokens else {
            return .contextExceeded(promptTokens: promptTokens, contextTokens: card.contextTokens)
        }
        guard request.choices <= card.parallelSequences else {
            return .invalid(field: "n", reason: "at most \(card.parallelSequences) choices run at once")
        }
        let mayRunAtOnce = state.waiting.isEmpty && fits(request, state)
        return mayRunAtOnce || state.waiting.count < queueRequests ? nil : .queueFull(limit: queueRequests)
    }

    private func fits(_ request: GenerationRequest, _ state: State) -> Bool {
        state.running.reduce(request.choices) { $0 + $1.openChoices.count } <= card.parallelSequences
    }

    private func refuseLate(_ state: inout State) -> [(consumer: any EventConsumer, events: [GenerationEvent])] {
        let now = now()
        let late = state.waiting.filter { live in live.request.queueDeadline.map { $0 <= now } ?? false }
        state.waiting.removeAll { live in late.contains { $0.request.id == live.request.id } }
        return late.map { ($0.consumer, [.failed($0.request.id, .deadlinePassed)]) }
    }

    private func admit(_ state: inout State) {
        while let at = state.waiting.firstIndex(where: { !$0.isPaused && !$0.script.isIgnored }),
            fits(state.waiting[at].request, state)
        {
            state.running.append(state.waiting.remove(at: at))
        }
    }

    private func change(_ id: RequestID, in state: inout State, _ body: (inout ScriptedRequest) -> Void) {
        for at in state.running.indices where state.running[at].request.id == id { body(&state.running[at]) }
        for at in state.waiting.indices where state.waiting[at].request.id == id { body(&state.waiting[at]) }
        state.running.removeAll { $0.openChoices.isEmpty }
        state.waiting.removeAll { $0.openChoices.isEmpty }
    }

    private static func add(
        _ events: [GenerationEvent], for consumer: any EventConsumer,
        to batches: inout [(consumer: any EventConsumer, events: [GenerationEvent])]
    ) {
        if let at = batches.firstIndex(where: { $0.consumer === consumer }) {
            batches[at].events += events
        } else if !events.isEmpty {
            batches.append((consumer, events))
        }
    }
}
