import CLlama
import Sampling
import ServingModel
import StepScheduling
import Synchronization

/// The engine's thread: takes commands, plans a step, computes it, draws tokens and hands the events out, one batch a
/// consumer and step. Everything in it is confined to that thread.
final class EngineLoop {
    /// A grammar takes microseconds for one token and many milliseconds for the whole vocabulary, in which no other
    /// sequence goes on. So this many choices are put to it one by one before it is asked about all.
    private static let refusalsBeforeMask = 8

    let context: LlamaContext
    let model: LlamaModel
    private let mailbox: Mailbox<Command>
    private let published: Mutex<WorkerSnapshot>
    private let drawSeed: () -> UInt64
    private let now: () -> Moment

    var scheduler: StepScheduler
    private var plan = StepPlan()
    var requests: [RequestID: LiveRequest] = [:]
    private var choices: [ChoiceID: LiveChoice] = [:]
    private var awaited: [RequestID: AwaitedRequest] = [:]
    private var outlets: [(consumer: any EventConsumer, events: [GenerationEvent])] = []
    private var outletIndex: [ObjectIdentifier: Int] = [:]

    private var scratch: SamplingScratch
    private var report: LogprobReport
    /// A row that several choices draw from is copied here for each.
    private let rowCopy: UnsafeMutableBufferPointer<Float>
    private let candidates: UnsafeMutableBufferPointer<llama_token_data>

    init(
        context: LlamaContext, limits: StepLimits, mailbox: Mailbox<Command>, drawSeed: @escaping () -> UInt64,
        now: @escaping () -> Moment
    ) {
        self.context = context
        model = context.model
        self.mailbox = mailbox
        self.drawSeed = drawSeed
        self.now = now
        scheduler = StepScheduler(limits: limits)
        published = Mutex(scheduler.snapshot)
        scratch = SamplingScratch(vocabularySize: model.vocabularySize)
        report = LogprobReport(vocabularySize: model.vocabularySize)
        rowCopy = .allocate(capacity: model.vocabularySize)
        rowCopy.initialize(repeating: 0)
        candidates = .allocate(capacity: model.vocabularySize)
        candidates.initialize(repeating: llama_token_data(id: 0, logit: 0, p: 0))
    }

    deinit {
        rowCopy.deallocate()
        candidates.deallocate()
    }

    /// Load and counters as of the last step; may be called from any thread.
    var snapshot: WorkerSnapshot { published.withLock { $0 } }

    /// Works until it is told to shut down; returns the commands that came behind that.
    func run() -> [Command] {
        while true {
            var commands = mailbox.take()[...]
            while let command = commands.popFirst() {
                guard obey(command) else {
                    for waiting in awaited.values { waiting.consumer.consume([.failed(waiting.request.id, .stopping)]) }
                    endAll(.stopping)
                    return Array(commands)
                }
            }
            scheduler.plan(now: now(), into: &plan)
            for failure in plan.failures { fail(failure.request, failure.error) }
            if plan.rows.isEmpty {
                context.apply(plan.before)
                flush()
                mailbox.sleep(until: scheduler.nextDeadline)
            } else {
                step()
                flush()
            }
        }
    }

    // MARK: Commands

    /// False when the loop is to end.
    private func obey(_ command: Command) -> Bool {
        switch command {
        case .submit(let request, let consumer):
            if request.constraint == nil {
                submit(request, consumer, gate: .success(nil))
            } else {
                awaited[request.id] = AwaitedRequest(request: request, consumer: consumer)
            }
        case .constrained(let request, let outcome): submit(awaited: request, outcome)
        case .cancel(let request, nil) where awaited[request] != nil: awaited[request] = nil
        case .cancel(let request, let choice):
            if awaited[request]?.commands.append(command) == nil { cancel(request, choice) }
        case .setPaused(let request, let isPaused):
            if awaited[request]?.commands.append(command) == nil { scheduler.setPaused(request, isPaused) }
        case .flushCache(let answer):
            let freed = scheduler.forgetPrefixes()
            answer(CacheFlush(freedTokens: freed, liveRequests: requests.count + awaited.count))
        case .shutDown: return false
        }
        return true
    }

    /// Submits a request whose constraint is ready, unless it was cancelled meanwhile.
    private func submit(awaited id: RequestID, _ outcome: ConstraintCompiler.Outcome) {
        guard let waiting = awaited.removeValue(forKey: id) else { return }
        submit(waiting.request, waiting.consumer, gate: outcome.gate.map { $0 })
        for command in waiting.commands { _ = obey(command) }
    }

    private func submit(
        _ request: GenerationRequest, _ consumer: any EventConsumer, gate: Result<OutputGate?, EngineError>
    ) {
        let outlet = outlet(of: consumer)
        do throws(EngineError) {
            let gate = try gate.get()
            if let error = scheduler.submit(request) { throw error }
            requests[request.id] = LiveRequest(request: request, outlet: outlet, gate: gate)
        } catch {
            outlets[outlet].events.append(.failed(request.id, error))
        }
    }

    private func cancel(_ request: RequestID, _ choice: Int?) {
        guard let live = requests[request] else { return }
        scheduler.cancel(request, choice: choice)
        if let choice {
            close(ChoiceID(request: request, index: choice), of: live)
        } else {
            forget(live)
        }
    }

    private func outlet(of consumer: any EventConsumer) -> Int {
        let identity = ObjectIdentifier(consumer)
        if let index = outletIndex[identity] { return index }
        outletIndex[identity] = outlets.count
        outlets.append((consumer, []))
        return outlets.count - 1
    }

    // MARK: A step

    private func step() {
        context.apply(plan.before)
        var first = 0
        if context.computesPhasesApart, plan.decodeRows > 0, plan.decodeRows < plan.rows.count {
            first = plan.decodeRows
            guard compute(0..<first) else { return }
            for sample in plan.samples where sample.row < first { draw(sample, firstRow: 0, mayShareRow: false) }
            flush()
        }
        guard compute(first..<plan.rows.count) else { return }
        context.apply(plan.after)
        reportPrompts(firstRow: first)
        for start in plan.started {
            guard let live = requests[start.request] else { continue }
            let promptReport = PromptReport(cachedTokens: start.cachedTokens, logprobs: live.promptLogprobs)
            emit(.started(start.request, promptReport), to: live)
        }
        let mayShareRows = !plan.after.isEmpty
        for sample in plan.samples where sample.row >= first {
            draw(sample, firstRow: first, mayShareRow: mayShareRows)
        }
    }

    /// Computes some of the plan's rows; false if that failed, and all that ran has been told.
    private func compute(_ rows: Range<Int>) -> Bool {
        let start = now()
        let status = context.decode(plan.rows[rows])
        guard status != 0 else {
            let decodes = max(min(plan.decodeRows, rows.upperBound) - rows.lowerBound, 0)
            scheduler.record(
                decodes: decodes, promptTokens: rows.count - decodes, seconds: now().seconds(since: start))
            return true
        }
        // The plan and the cache may disagree now, so nothing that is in the cache can be trusted.
        context.clear()
        endAll(.broken("llama_decode returned \(status)"))
        scheduler.reset()
        return false
    }

    private func reportPrompts(firstRow: Int) {
        for row in plan.promptRows {
            guard let live = requests[row.request], let logits = context.logits(row: row.row - firstRow) else {
                continue
            }
            let token = live.request.prompt[row.tokenIndex + 1]
            live.promptLogprobs[row.tokenIndex + 1] = report.logprobs(
                of: token, in: logits, top: live.request.topLogprobs ?? 0)
        }
    }

    /// Draws a choice's next token; `firstRow` is the plan's row that was the first of the batch computed last.
    private func draw(_ sample: StepPlan.Sample, firstRow: Int, mayShareRow: Bool) {
        guard let choice = choice(sample.choice) else { return scheduler.finish(sample.choice) }
        guard var logits = context.logits(row: sample.row - firstRow) else {
            scheduler.cancel(sample.choice.request)
            return fail(sample.choice.request, .broken("llama.cpp gave no logits"))
        }
        let stop = choice.live.request.stop
        if stop.maxTokens == 0 { return finish(sample.choice, choice, .length) }
        if mayShareRow {
            _ = rowCopy.update(fromContentsOf: logits)
            logits = rowCopy
        }
        if choice.live.request.topLogprobs != nil { report.keep(logits) }
        guard let token = chooseToken(choice, logits) else {
            if choice.gate != nil { return finish(sample.choice, choice, .constraintComplete) }
            scheduler.cancel(sample.choice.request)
            return fail(sample.choice.request, .broken("the model's logits are not numbers"))
        }
        let isEnd = !stop.ignoresEndOfSequence && model.endTokens.contains(token)
        if isEnd || stop.stopTokens.contains(token) { return finish(sample.choice, choice, .stop(token)) }

        let logprobs = choice.live.request.topLogprobs.map { report.logprobs(of: token, top: $0) }
        emit(
            .token(sample.choice.request, choice: sample.choice.index, GeneratedToken(id: token, logprobs: logprobs)),
            to: choice.live)
        choice.sampler.accept(token)
        choice.gate?.accept(token)
        choice.generated += 1
        let length = choice.live.request.prompt.count + choice.generated
        if choice.generated == stop.maxTokens || length == scheduler.limits.contextTokens {
            finish(sample.choice, choice, .length)
        } else {
            scheduler.accept(token, for: sample.choice)
        }
    }

    private func chooseToken(_ choice: LiveChoice, _ logits: UnsafeMutableBufferPointer<Float>) -> TokenID? {
        guard var token = choice.sampler.sample(logits, scratch: &scratch) else { return nil }
        guard let gate = choice.gate else { return token }
        for _ in 0..<Self.refusalsBeforeMask {
            if gate.allows(token) { return token }
            logits[Int(token.rawValue)] = -.infinity
            guard let next = choice.sampler.sampleAgain(logits, scratch: &scratch) else { return nil }
            token = next
        }
        if gate.allows(token) { return token }
        gate.mask(logits, candidates: candidates)
        return choice.sampler.sampleAgain(logits, scratch: &scratch)
    }

    private func choice(_ id: ChoiceID) -> LiveChoice? {
        if let choice = choices[id] { return choice }
        guard let live = requests[id.request] else { return nil }
        let seed = live.request.sampling.seed ?? drawSeed()
        let choice = LiveChoice(live: live, index: id.index, seed: seed, model: model)
        choices[id] = choice
        return choice
    }

    // MARK: Ends

    private func finish(_ id: ChoiceID, _ choice: LiveChoice, _ reason: FinishReason) {
        scheduler.finish(id)
        emit(.finished(id.request, choice: id.index, reason), to: choice.live)
        close(id, of: choice.live)
    }

    private func close(_ id: ChoiceID, of live: LiveRequest) {
        choices[id] = nil
        live.openChoices.remove(id.index)
        if live.openChoices.isEmpty { requests[id.request] = nil }
    }

    private func fail(_ request: RequestID, _ error: EngineError) {
        guard let live = requests[request] else { return }
        emit(.failed(request, error), to: live)
        forget(live)
    }

    private func forget(_ live: LiveRequest) {
        let id = live.request.id
        for index in 0..<live.request.choices { choices[ChoiceID(request: id, index: index)] = nil }
        requests[id] = nil
    }

    private func endAll(_ error: EngineError) {
        for request in requests.keys { fail(request, error) }
        flush()
    }

    // MARK: Events

    private func emit(_ event: GenerationEvent, to live: LiveRequest) {
        outlets[live.outlet].events.append(event)
    }

    /// Hands the events out. Who has seen an event finds it in the snapshot too.
    private func flush() {
        published.withLock { $0 = scheduler.snapshot }
        for at in outlets.indices where !outlets[at].events.isEmpty {
            outlets[at].consumer.consume(outlets[at].events)
            outlets[at].events = []
        }
    }
}
