package import ServingModel

extension StepScheduler {
    /// Decides the next step. `plan` is overwritten; its arrays are reused.
    package mutating func plan(now: Moment, into plan: inout StepPlan) {
        plan.clear()
        refuseLate(now, &plan)
        admit()
        let decodes = makeRoomForDecodes()
        addDecodes(&plan)
        plan.decodeRows = plan.rows.count
        addPrefills(decodes: decodes, &plan)
        while plan.rows.isEmpty, preemptForPrefill() { addPrefills(decodes: 0, &plan) }
        swap(&plan.before, &pendingOperations)
        forkCompleted(&plan)
        count(plan, decodes: decodes)
    }

    // MARK: Waiting

    private mutating func refuseLate(_ now: Moment, _ plan: inout StepPlan) {
        waiting.removeAll { track in
            guard let deadline = track.queueDeadline, deadline <= now else { return false }
            plan.failures.append(.init(request: track.id.request, error: .deadlinePassed))
            return true
        }
    }

    /// Admits from the front of the queue while sequences and cells suffice, at the cost of paused ones if need be.
    private mutating func admit() {
        while let at = waiting.firstIndex(where: { !$0.isPaused }) {
            let needed = 1 + waiting[at].forks.count
            if promisedSequences + needed <= limits.parallelSequences, begin(waiting[at]) {
                waiting.remove(at: at)
            } else if let paused = running.lastIndex(where: \.isPaused) {
                preempt(at: paused)
            } else {
                return
            }
        }
    }

    /// Starts a track on the longest prefix that is at hand; false, with nothing changed, if its tokens do not fit.
    private mutating func begin(_ track: Track) -> Bool {
        var track = track
        var prefix: (length: Int, holder: SequenceID)?
        if limits.sharesPrefixes, !track.reportsPromptLogprobs || track.hasStarted {
            prefix = tree.longestPrefix(of: track.tokens)
        }
        // The last token is computed in any case: its logits give the next one.
        let length = min(prefix?.length ?? 0, track.tokens.count - 1)
        if let holder = prefix?.holder, let at = parked.firstIndex(of: holder) {
            parked.append(parked.remove(at: at))
        }
        track.sequence = takeSequence()
        track.computed = length
        if let holder = prefix?.holder, length > 0 {
            precondition(tree.length(of: holder) >= length, "the holder was just used and is evicted last")
            tree.fork(holder, length: length, to: track.sequence)
        } else {
            tree.begin(track.sequence)
        }
        let owed = running.reduce(track.remaining) { $0 + $1.remaining }
        guard running.isEmpty || tree.pinnedCells + owed + limits.watermark <= limits.cacheTokens else {
            tree.remove(track.sequence)
            freeSequences.append(track.sequence)
            return false
        }
        if let holder = prefix?.holder, length > 0 {
            pendingOperations.append(.share(from: holder, to: track.sequence, length: length))
            if parked.last == holder, tree.isRedundant(holder) { free(parked.removeLast()) }
        }
        if track.cachedTokens == nil {
            track.cachedTokens = length
            counters.cachedTokens += length
        }
        track.queueDeadline = nil
        running.append(track)
        return true
    }

    // MARK: Batch

    /// Makes sure that every decode finds a cell, by evicting and then by preempting. Returns how many decodes there are.
    private mutating func makeRoomForDecodes() -> Int {
        while true {
            let decodes = running.reduce(0) { $0 + ($1.isDecoding && !$1.isPaused ? 1 : 0) }
            makeRoom(for: decodes)
            if limits.cacheTokens - tree.usedCells >= decodes { return decodes }
            preemptYoungest()
        }
    }

    /// Preempts a track, paused ones before others and young ones before old ones.
    private mutating func preemptYoungest() {
        preempt(at: running.lastIndex { $0.isPaused } ?? running.count - 1)
    }

    /// Sends a track back to the front of the queue.
    private mutating func preempt(at: Int) {
        var track = running.remove(at: at)
        release(track.sequence)
        track.computed = 0
        waiting.insert(track, at: 0)
        counters.preemptions += 1
    }

    /// When prompts hold all cells and none can go on, lets the oldest have them. Returns whether that helped.
    private mutating func preemptForPrefill() -> Bool {
        guard running.count > 1, running.contains(where: { !$0.isDecoding }) else { return false }
        preemptYoungest()
        return true
    }

    private mutating func addDecodes(_ plan: inout StepPlan) {
        for at in running.indices where running[at].isDecoding && !running[at].isPaused {
            addRow(of: at, wantsLogits: true, &plan)
            plan.samples.append(.init(choice: running[at].id, row: plan.rows.count - 1))
        }
    }

    private mutating func addPrefills(decodes: Int, _ plan: inout StepPlan) {
        let prefilling = running.indices.filter { !running[$0].isDecoding }
        guard let oldest = prefilling.first else { return }
        var budget = decodes > 0 ? prefillBudget(besides: decodes) : limits.batchTokens
        let wanted = prefilling.reduce(0) { $0 + running[$1].remaining }
        makeRoom(for: min(budget, wanted))
        budget = min(budget, limits.cacheTokens - tree.usedCells)
        let others = prefilling.dropFirst().sorted { running[$0].remaining < running[$1].remaining }
        addPrefill(of: oldest, atMost: others.isEmpty ? budget : (budget + 1) / 2, &budget, &plan)
        for at in others { addPrefill(of: at, atMost: budget, &budget, &plan) }
        addPrefill(of: oldest, atMost: budget, &budget, &plan)
    }

    private func prefillBudget(besides decodes: Int) -> Int {
        let limit = min(limits.prefillBudgetTokens, limits.batchTokens - decodes)
        return pace.promptTokens(within: limits.prefillBudgetSeconds, atMost: limit)
    }

    private mutating func addPrefill(of at: Int, atMost share: Int, _ budget: inout Int, _ plan: inout StepPlan) {
        let reportsRows = running[at].reportsPromptLogprobs && !running[at].hasStarted
        let rowsLeft = reportsRows ? limits.logprobRows - plan.promptRows.count : share
        let count = min(running[at].remaining, share, rowsLeft)
        guard count > 0 else { return }
        for _ in 0..<count {
            let isLast = running[at].remaining == 1
            let tokenIndex = running[at].computed
            addRow(of: at, wantsLogits: isLast || reportsRows, &plan)
            if reportsRows, !isLast {
                plan.promptRows.append(
                    .init(request: running[at].id.request, tokenIndex: tokenIndex, row: plan.rows.count - 1))
            }
        }
        budget -= count
        if running[at].remaining == 0 { plan.samples.append(.init(choice: running[at].id, row: plan.rows.count - 1)) }
    }

    /// Adds the track's next token to the batch.
    private mutating func addRow(of at: Int, wantsLogits: Bool, _ plan: inout StepPlan) {
        let position = running[at].computed
        let sequence = running[at].sequence
        let token = running[at].tokens[position]
        plan.rows.append(.init(token: token, position: position, sequence: sequence, wantsLogits: wantsLogits))
        tree.append(token, to: sequence)
        running[at].computed = position + 1
    }

    /// Reports prompts that are complete with this step and forks their other choices off.
    private mutating func forkCompleted(_ plan: inout StepPlan) {
        for at in running.indices where !running[at].hasStarted && running[at].remaining == 0 {
            running[at].hasStarted = true
            let lead = running[at]
            plan.started.append(.init(request: lead.id.request, cachedTokens: lead.cachedTokens ?? 0))
            guard let row = plan.samples.first(where: { $0.choice == lead.id })?.row else { continue }
            for index in lead.forks {
                let sequence = takeSequence()
                tree.fork(lead.sequence, length: lead.computed, to: sequence)
                plan.after.append(.share(from: lead.sequence, to: sequence, length: lead.computed))
                let fork = lead.fork(index, sequence: sequence)
                plan.samples.append(.init(choice: fork.id, row: row))
                running.append(fork)
            }
            running[at].forks = []
        }
    }

    private mutating func count(_ plan: StepPlan, decodes: Int) {
        guard !plan.rows.isEmpty else { return }
        counters.steps += 1
        counters.decodeTokens += decodes
        counters.prefillTokens += plan.rows.count - decodes
        let bucket = plan.rows.count <= 1 ? 0 : Int.bitWidth - (plan.rows.count - 1).leadingZeroBitCount
        counters.batchSizes[min(bucket, counters.batchSizes.count - 1)] += 1
    }
}
