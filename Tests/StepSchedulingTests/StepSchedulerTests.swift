import ServingModel
import StepScheduling
import Testing

struct StepSchedulerTests {
    static func limits(
        context: Int = 64, cache: Int = 256, parallel: Int = 4, parked: Int = 4, batch: Int = 32, budget: Int = 8,
        queue: Int = 100, shares: Bool = true
    ) -> StepLimits {
        StepLimits(
            contextTokens: context, cacheTokens: cache, parallelSequences: parallel, parkedSequences: parked,
            batchTokens: batch, prefillBudgetTokens: budget, queueRequests: queue, sharesPrefixes: shares)
    }

    static func request(_ id: UInt64, _ prompt: [TokenID], choices: Int = 1) -> GenerationRequest {
        var request = GenerationRequest(id: RequestID(id), prompt: prompt, stop: StopConditions(maxTokens: 8))
        request.choices = choices
        return request
    }

    static func tokens(_ ids: Range<Int32>) -> [TokenID] { ids.map { TokenID($0) } }

    private func plan(_ scheduler: inout StepScheduler, now: Double = 0) -> StepPlan {
        var plan = StepPlan()
        scheduler.plan(now: Moment(nanoseconds: UInt64(now * 1e9)), into: &plan)
        return plan
    }

    @Test func prefillsInChunksAndSamplesAfterTheLast() {
        var scheduler = StepScheduler(limits: Self.limits())
        #expect(scheduler.submit(Self.request(1, Self.tokens(0..<40))) == nil)
        let first = plan(&scheduler)
        #expect(first.rows.count == 32)
        #expect(first.samples.isEmpty)
        let second = plan(&scheduler)
        #expect(second.rows.map(\.position) == Array(32..<40))
        #expect(second.rows.map(\.wantsLogits) == Array(repeating: false, count: 7) + [true])
        #expect(second.started.map(\.request) == [RequestID(1)])
        #expect(second.started.map(\.cachedTokens) == [0])
    }

    @Test func boundsPrefillBesideDecodes() {
        var scheduler = StepScheduler(limits: Self.limits())
        _ = scheduler.submit(Self.request(1, Self.tokens(0..<4)))
        let first = plan(&scheduler)
        scheduler.accept(TokenID(9), for: first.samples[0].choice)
        _ = scheduler.submit(Self.request(2, Self.tokens(100..<150)))
        let mixed = plan(&scheduler)
        #expect(mixed.rows.count == 1 + 8)
        #expect(mixed.rows[0].sequence == first.rows[0].sequence)
    }

    /// A budget of 0.2 s, and a prompt whose tokens take longer and longer.
    @Test func boundsPrefillBesideDecodesByItsTime() {
        var limits = Self.limits(context: 4000, cache: 4096, batch: 512, budget: 256)
        limits.prefillBudgetSeconds = 0.2
        var scheduler = StepScheduler(limits: limits)
        _ = scheduler.submit(Self.request(1, Self.tokens(0..<4)))
        let stream = plan(&scheduler).samples[0].choice
        _ = scheduler.submit(Self.request(2, Self.tokens(100..<4000)))
        var depth = 0
        var chunks: [Int] = []
        while depth < 3900 {
            scheduler.accept(TokenID(9), for: stream)
            let mixed = plan(&scheduler)
            let chunk = mixed.rows.count - mixed.decodeRows
            let seconds = Double(chunk) * 0.001 * (1 + Double(depth) / 1000)
            #expect(chunk == 64 || seconds < 0.25)
            scheduler.record(decodes: 1, promptTokens: 0, seconds: 0.1)
            scheduler.record(decodes: 0, promptTokens: chunk, seconds: seconds)
            depth += chunk
            chunks.append(chunk)
        }
        #expect(chunks[0] == 64)
        #expect(chunks[1] == 200)
        #expect(chunks[chunks.count - 2] == 64)
        #expect(abs(scheduler.snapshot.decodeSeconds - 0.1 * Double(chunks.count)) < 1e-9)
    }

    @Test func countsToPromptsWhatDecodesDoNotTake() {
        var scheduler = StepScheduler(limits: Self.limits())
        scheduler.record(decodes: 4, promptTokens: 0, seconds: 0.25)
        scheduler.record(decodes: 4, promptTokens: 100, seconds: 1.25)
        #expect(scheduler.snapshot.decodeSeconds == 0.5)
        #expect(scheduler.snapshot.prefillSeconds == 1)
    }

    @Test func shortPromptsPassLongOnes() {
        var scheduler = StepScheduler(limits: Self.limits())
        _ = scheduler.submit(Self.request(1, Self.tokens(0..<60)))
        _ = scheduler.submit(Self.request(2, Self.tokens(100..<110)))
        #expect(plan(&scheduler).started.map(\.request) == [RequestID(2)])
    }

    @Test func aSecondTurnPrefillsOnlyWhatIsNew() {
        var scheduler = StepScheduler(limits: Self.limits())
        _ = scheduler.submit(Self.request(1, Self.tokens(0..<10)))
        var step = plan(&scheduler)
        let choice = step.samples[0].choice
        scheduler.accept(TokenID(50), for: choice)
        step = plan(&scheduler)
        scheduler.finish(choice)
        _ = scheduler.submit(Self.request(2, Self.tokens(0..<10) + [TokenID(50), TokenID(51), TokenID(52)]))
        step = plan(&scheduler)
        #expect(step.started.map(\.cachedTokens) == [11])
        #expect(step.rows.map(\.position) == [11, 12])
    }

    @Test func requestsThatBeginAlikeShareWhileTheyRun() {
        var scheduler = StepScheduler(limits: Self.limits())
        _ = scheduler.submit(Self.request(1, Self.tokens(0..<20)))
        _ = plan(&scheduler)
        _ = scheduler.submit(Self.request(2, Self.tokens(0..<20)))
        #expect(plan(&scheduler).rows.map(\.position) == [19])
    }

    @Test func choicesShareOnePrompt() {
        var scheduler = StepScheduler(limits: Self.limits())
        _ = scheduler.submit(Self.request(1, Self.tokens(0..<5), choices: 3))
        let step = plan(&scheduler)
        #expect(step.rows.count == 5)
        #expect(step.samples.map(\.choice.index) == [0, 1, 2])
        #expect(step.samples.allSatisfy { $0.row == 4 })
        #expect(step.after.count == 2)
    }

    @Test func refusesWhatCannotRun() {
        var scheduler = StepScheduler(limits: Self.limits(parallel: 1, queue: 1))
        #expect(
            scheduler.submit(Self.request(1, Self.tokens(0..<64)))
                == .contextExceeded(promptTokens: 64, contextTokens: 64))
        #expect(scheduler.submit(Self.request(2, [])) != nil)
        #expect(scheduler.submit(Self.request(3, Self.tokens(0..<2), choices: 2)) != nil)
        #expect(scheduler.submit(Self.request(4, Self.tokens(0..<2))) == nil)
        _ = plan(&scheduler)
        #expect(scheduler.submit(Self.request(5, Self.tokens(0..<2))) == nil)
        #expect(scheduler.submit(Self.request(6, Self.tokens(0..<2))) == .queueFull(limit: 1))
    }

    @Test func aFreeSequenceNeedsNoPlaceInTheQueue() {
        var scheduler = StepScheduler(limits: Self.limits(parallel: 2, queue: 0))
        #expect(scheduler.submit(Self.request(1, Self.tokens(0..<2))) == nil)
        #expect(scheduler.submit(Self.request(2, Self.tokens(0..<2))) == nil)
        #expect(scheduler.submit(Self.request(3, Self.tokens(0..<2))) == .queueFull(limit: 0))
    }

    @Test func refusesWhoWaitsTooLong() {
        var scheduler = StepScheduler(limits: Self.limits(parallel: 1))
        _ = scheduler.submit(Self.request(1, Self.tokens(0..<2)))
        _ = plan(&scheduler)
        var late = Self.request(2, Self.tokens(0..<2))
        late.queueDeadline = Moment(nanoseconds: 5_000_000_000)
        _ = scheduler.submit(late)
        #expect(scheduler.nextDeadline == late.queueDeadline)
        #expect(plan(&scheduler, now: 4).failures.isEmpty)
        let failures = plan(&scheduler, now: 5).failures
        #expect(failures.map(\.request) == [RequestID(2)])
        #expect(failures.map(\.error) == [.deadlinePassed])
    }

    @Test func pausedRequestsCostNothing() {
        var scheduler = StepScheduler(limits: Self.limits())
        _ = scheduler.submit(Self.request(1, Self.tokens(0..<4)))
        let step = plan(&scheduler)
        scheduler.accept(TokenID(9), for: step.samples[0].choice)
        scheduler.setPaused(RequestID(1), true)
        #expect(plan(&scheduler).rows.isEmpty)
        scheduler.setPaused(RequestID(1), false)
        #expect(plan(&scheduler).rows.count == 1)
    }

    @Test func aPausedRequestGivesWayToOneThatWaits() {
        var scheduler = StepScheduler(limits: Self.limits(parallel: 1))
        _ = scheduler.submit(Self.request(1, Self.tokens(0..<4)))
        scheduler.accept(TokenID(9), for: plan(&scheduler).samples[0].choice)
        scheduler.setPaused(RequestID(1), true)
        _ = scheduler.submit(Self.request(2, Self.tokens(50..<54)))
        let second = plan(&scheduler)
        #expect(second.started.map(\.request) == [RequestID(2)])
        scheduler.finish(second.samples[0].choice)
        scheduler.setPaused(RequestID(1), false)
        let back = plan(&scheduler)
        #expect(back.started.isEmpty && back.rows.map(\.position) == [4])
    }

    @Test func aRequestThatHasRunHasNoQueueDeadline() {
        var scheduler = StepScheduler(limits: Self.limits(parallel: 1))
        var request = Self.request(1, Self.tokens(0..<40))
        request.queueDeadline = Moment(nanoseconds: 1_000_000_000)
        _ = scheduler.submit(request)
        _ = plan(&scheduler)
        #expect(scheduler.nextDeadline == nil)
        #expect(plan(&scheduler, now: 2).failures.isEmpty)
    }

    /// Random requests, cancellations and pauses; what each generates must be what it generates alone, however cells
    /// were shared, evicted and preempted.
    @Test(arguments: 0..<40) func everyRequestGeneratesWhatItWouldAlone(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        let shares = seed % 5 != 4
        let limits = Self.limits(
            context: 40, cache: 60 + Int(random.next() % 100), parallel: 1 + Int(random.next() % 6),
            parked: Int(random.next() % 5), batch: 16, budget: 1 + Int(random.next() % 8), shares: shares)
        var simulation = Simulation(limits: limits, random: random)
        simulation.run(requests: 120)
        #expect(simulation.wrong.isEmpty, "seed \(seed)")
        #expect(simulation.unanswered.isEmpty, "seed \(seed)")
        #expect(simulation.scheduler.snapshot.runningSequences == 0)
        if seed == 3 { #expect(simulation.scheduler.snapshot.cachedTokens > 0) }
    }

    @Test func forgetsPrefixesOfWhatHasEndedOnly() {
        var scheduler = StepScheduler(limits: Self.limits(budget: 32))
        let running = ChoiceID(request: RequestID(2), index: 0)
        _ = scheduler.submit(Self.request(1, Self.tokens(0..<10)))
        _ = scheduler.submit(Self.request(2, Self.tokens(100..<110)))
        #expect(plan(&scheduler).started.count == 2)
        scheduler.accept(TokenID(7), for: running)
        scheduler.finish(ChoiceID(request: RequestID(1), index: 0))
        #expect(scheduler.snapshot.usedCacheTokens == 20)
        #expect(scheduler.forgetPrefixes() == 10)
        #expect(scheduler.forgetPrefixes() == 0)
        #expect(scheduler.snapshot.usedCacheTokens == 10)
        // Neither finds anything that is gone; what runs is still there to share.
        for (id, prompt, cached) in [(3, Self.tokens(0..<10), 0), (4, Self.tokens(100..<110), 9)] {
            _ = scheduler.submit(Self.request(UInt64(id), prompt))
            let step = plan(&scheduler)
            #expect(step.started.map(\.cachedTokens) == [cached])
            for sample in step.samples { scheduler.accept(TokenID(7), for: sample.choice) }
        }
    }

    @Test func preemptsWhenSequencesOutgrowTheCache() {
        var simulation = Simulation(
            limits: Self.limits(context: 40, cache: 44, parallel: 4, parked: 2, batch: 16), random: SplitMix(seed: 7))
        simulation.run(requests: 60)
        #expect(simulation.wrong.isEmpty && simulation.unanswered.isEmpty)
        #expect(simulation.scheduler.snapshot.preemptions > 0)
        #expect(simulation.scheduler.snapshot.evictedTokens > 0)
    }

    @Test func anotherChoiceLeadsWhenTheFirstIsCancelledEarly() {
        var scheduler = StepScheduler(limits: Self.limits())
        _ = scheduler.submit(Self.request(1, Self.tokens(0..<4), choices: 3))
        scheduler.cancel(RequestID(1), choice: 0)
        #expect(plan(&scheduler).samples.map(\.choice.index) == [1, 2])
        #expect(scheduler.snapshot.runningSequences == 2)
    }

    /// A preempted request is not refused any more, so its deadline must wake nobody: it would do so without end.
    @Test func thePreemptedHaveNoDeadline() {
        var scheduler = StepScheduler(limits: Self.limits(context: 40, cache: 40))
        for id in [1, 2] as [UInt64] {
            var request = Self.request(id, Self.tokens(Int32(id) * 100..<Int32(id) * 100 + 18))
            request.queueDeadline = Moment(nanoseconds: 5)
            _ = scheduler.submit(request)
        }
        #expect(scheduler.nextDeadline == Moment(nanoseconds: 5))
        for _ in 0..<8 where scheduler.snapshot.preemptions == 0 {
            for sample in plan(&scheduler).samples { scheduler.accept(TokenID(9), for: sample.choice) }
        }
        #expect(scheduler.snapshot.waitingRequests == 1)
        #expect(scheduler.nextDeadline == nil)
    }
}
