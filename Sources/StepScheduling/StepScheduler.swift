package import ServingModel

/// Decides what each engine step computes: who is admitted, whose prefix is reused, how much of which prompt goes in
/// beside the running decodes, and who gives way when the cache is full.
///
/// A state machine without clock, thread or engine. The engine's loop calls, once a step and in this order: `submit`,
/// `cancel` and `setPaused` for what has arrived; `plan`; and after computing it, for each of the plan's samples,
/// `accept` or `finish`. A plan without rows means that there is nothing to do until something arrives or
/// `nextDeadline` passes.
///
/// - Requests wait in order of arrival, at most `queueRequests` of them, each until its deadline.
/// - A request is admitted when a sequence is free and its prompt fits beside what the running ones still need.
/// - Decodes come first in every step; prompts share what is left of the batch, or, if anything decodes, as many
///   tokens as take `prefillBudgetSeconds`, at most `prefillBudgetTokens`: half for the oldest prompt, the rest for the shortest, so that neither starves.
/// - A finished sequence is parked: its KV stays for requests that begin alike, until cells or sequences are short;
///   then the one least recently used is cut from its end.
/// - A paused sequence gives way when someone else waits, and goes on from its tokens when it is no longer paused.
/// - If running sequences outgrow the cache, the youngest is preempted: it waits at the front, and goes on later
///   from its tokens.
package struct StepScheduler {
    package let limits: StepLimits
    var tree = SequenceTree()
    /// In order of arrival; preempted tracks in front.
    var waiting: [Track] = []
    /// In order of admission.
    var running: [Track] = []
    /// Least recently used first.
    var parked: [SequenceID] = []
    var freeSequences: [SequenceID]
    /// Operations on the cache that the next plan hands out.
    var pendingOperations: [CacheOperation] = []
    var counters = WorkerSnapshot()
    var pace = StepPace()

    package init(limits: StepLimits) {
        self.limits = limits
        let count = limits.parallelSequences + limits.parkedSequences
        freeSequences = (0..<Int32(count)).reversed().map { SequenceID($0) }
    }

    /// The earliest moment at which a waiting request will have to be refused.
    package var nextDeadline: Moment? { waiting.lazy.filter { !$0.hasStarted }.compactMap(\.queueDeadline).min() }

    package var snapshot: WorkerSnapshot {
        var snapshot = counters
        snapshot.decodeSeconds = pace.decodeSeconds
        snapshot.prefillSeconds = pace.prefillSeconds
        snapshot.runningSequences = running.count
        snapshot.waitingRequests = waiting.count
        snapshot.usedCacheTokens = tree.usedCells
        snapshot.cacheTokens = limits.cacheTokens
        return snapshot
    }

    /// Takes a request into the queue, or says why not.
    package mutating func submit(_ request: GenerationRequest) -> EngineError? {
        let promptTokens = request.prompt.count
        let fullContext = limits.contextTokens
        guard promptTokens > 0 else { return .invalid(field: "prompt", reason: "must hold at least one token") }
        let room = request.stop.maxTokens > 0 ? 1 : 0
        guard promptTokens + room <= fullContext else {
            return .contextExceeded(promptTokens: promptTokens, contextTokens: fullContext)
        }
        guard request.choices <= limits.parallelSequences else {
            return .invalid(
                field: "n",
                reason: "\(request.choices) choices are more than the \(limits.parallelSequences) that run at once")
        }
        let promised = promisedSequences + waiting.reduce(0) { $0 + 1 + $1.forks.count }
        guard promised + request.choices <= limits.parallelSequences || waiting.count < limits.queueRequests else {
            return .queueFull(limit: limits.queueRequests)
        }
        waiting.append(
            Track(
                id: ChoiceID(request: request.id, index: 0), tokens: request.prompt,
                forks: Array(1..<max(request.choices, 1)), reportsPromptLogprobs: request.reportsPromptLogprobs,
                queueDeadline: request.queueDeadline))
        return nil
    }

    /// Ends one choice of a request, or all of it; unknown ones are ignored.
    package mutating func cancel(_ request: RequestID, choice: Int? = nil) {
        for at in waiting.indices.reversed() where waiting[at].id.request == request {
            if drop(choice, from: &waiting[at]) { waiting.remove(at: at) }
        }
        for at in running.indices.reversed() where running[at].id.request == request {
            if drop(choice, from: &running[at]) { release(running.remove(at: at).sequence) }
        }
    }

    /// Whether the whole track goes when `choice` is cancelled (nil: all); else the choice is no longer forked from it,
    /// or a fork takes its place.
    private func drop(_ choice: Int?, from track: inout Track) -> Bool {
        guard let choice else { return true }
        if let fork = track.forks.firstIndex(of: choice) {
            track.forks.remove(at: fork)
            return false
        }
        guard track.id.index == choice else { return false }
        guard !track.forks.isEmpty else { return true }
        track.id = ChoiceID(request: track.id.request, index: track.forks.removeFirst())
        return false
    }

    package mutating func setPaused(_ request: RequestID, _ isPaused: Bool) {
        for at in running.indices where running[at].id.request == request { running[at].isPaused = isPaused }
        for at in waiting.indices where waiting[at].id.request == request { waiting[at].isPaused = isPaused }
    }

    /// Takes in how long a batch of the plan took: so many of its rows decode, the others are of prompts.
    package mutating func record(decodes: Int, promptTokens: Int, seconds: Double) {
        pace.record(decodes: decodes, promptTokens: promptTokens, seconds: seconds)
    }

    /// The choice goes on with this token.
    package mutating func accept(_ token: TokenID, for choice: ChoiceID) {
        guard let at = running.firstIndex(where: { $0.id == choice }) else { return }
        running[at].tokens.append(token)
    }

    /// The choice has ended; its KV stays for its prefix.
    package mutating func finish(_ choice: ChoiceID) {
        guard let at = running.firstIndex(where: { $0.id == choice }) else { return }
        release(running.remove(at: at).sequence)
    }

    /// Frees the KV of all that has ended, which requests that begin alike would have shared; returns of how many tokens.
    /// What runs keeps its own, and can still be shared.
    package mutating func forgetPrefixes() -> Int {
        let before = counters.evictedTokens
        while !parked.isEmpty { evict(parked.removeFirst()) }
        return counters.evictedTokens - before
    }

    /// Forgets every cell and everything that runs or waits, after the engine itself has failed.
    package mutating func reset() {
        let (counters, pace) = (counters, pace)
        self = StepScheduler(limits: limits)
        self.counters = counters
        self.pace = pace
    }

    // MARK: Sequences

    /// Sequences that run, and those that will be forked from them.
    var promisedSequences: Int { running.reduce(0) { $0 + 1 + $1.forks.count } }

    /// Unpins a sequence that has stopped running: parks it, or frees it if its KV is of no use.
    mutating func release(_ sequence: SequenceID) {
        tree.park(sequence)
        if limits.parkedSequences == 0 || tree.isRedundant(sequence) {
            free(sequence)
        } else {
            if parked.count == limits.parkedSequences { evict(parked.removeFirst()) }
            parked.append(sequence)
        }
    }

    mutating func free(_ sequence: SequenceID) {
        tree.remove(sequence)
        freeSequences.append(sequence)
        pendingOperations.append(.cut(sequence, length: 0))
    }

    mutating func takeSequence() -> SequenceID {
        guard let sequence = freeSequences.popLast() else {
            preconditionFailure("there are sequences for all that may run and all that may be parked")
        }
        return sequence
    }

    private mutating func evict(_ sequence: SequenceID) {
        counters.evictedTokens += tree.exclusiveCells(of: sequence)
        free(sequence)
    }

    /// Frees cells until `count` are free, as far as parked sequences allow.
    mutating func makeRoom(for count: Int) {
        while limits.cacheTokens - tree.usedCells < count, let oldest = parked.first {
            let missing = count - (limits.cacheTokens - tree.usedCells)
            let own = tree.exclusiveCells(of: oldest)
            guard own > missing else {
                evict(parked.removeFirst())
                continue
            }
            let length = tree.length(of: oldest) - missing
            tree.truncate(oldest, to: length)
            pendingOperations.append(.cut(oldest, length: length))
            counters.evictedTokens += missing
        }
    }
}
