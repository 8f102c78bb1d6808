import ServingModel
import StepScheduling
import Testing

/// Drives a scheduler over a `CacheModel` with random traffic.
struct Simulation {
    private struct Live {
        var prompt: [TokenID]
        var maxTokens: Int
        var outputs: [[TokenID]]
        var open: Set<Int>
    }

    var scheduler: StepScheduler
    private var random: SplitMix
    private var model = CacheModel()
    private var live: [RequestID: Live] = [:]
    private(set) var wrong: [RequestID] = []
    var unanswered: [RequestID] { Array(live.keys) }

    init(limits: StepLimits, random: SplitMix) {
        scheduler = StepScheduler(limits: limits)
        self.random = random
    }

    mutating func run(requests: Int) {
        var submitted = 0
        var plan = StepPlan()
        for _ in 0..<20_000 {
            while submitted < requests, random.next() % 3 == 0 {
                submitted += 1
                submit(UInt64(submitted))
            }
            disturb()
            scheduler.plan(now: Moment(nanoseconds: 0), into: &plan)
            model.apply(plan.before)
            let next = model.compute(plan.rows)
            model.apply(plan.after)
            #expect(plan.rows.count <= scheduler.limits.batchTokens)
            #expect(model.usedCells <= scheduler.limits.cacheTokens)
            for sample in plan.samples { answer(sample, next[sample.row]) }
            if plan.rows.isEmpty {
                for id in live.keys { scheduler.setPaused(id, false) }
                if submitted == requests, live.isEmpty { return }
            }
        }
    }

    private mutating func submit(_ number: UInt64) {
        let base = Int32(random.next() % 3) * 1000
        let length = 1 + Int(random.next() % 30)
        let prompt = (0..<length).map { TokenID(base + Int32($0)) }
        let maxTokens = 1 + Int(random.next() % UInt64(scheduler.limits.contextTokens - length))
        var request = GenerationRequest(
            id: RequestID(number), prompt: prompt, stop: StopConditions(maxTokens: maxTokens))
        request.choices = 1 + Int(random.next() % UInt64(min(3, scheduler.limits.parallelSequences)))
        guard scheduler.submit(request) == nil else { return }
        live[request.id] = Live(
            prompt: prompt, maxTokens: maxTokens, outputs: Array(repeating: [], count: request.choices),
            open: Set(0..<request.choices))
    }

    private mutating func disturb() {
        let ids = live.keys.sorted { $0.rawValue < $1.rawValue }
        guard !ids.isEmpty, random.next() % 8 == 0 else { return }
        let id = ids[Int(random.next() % UInt64(ids.count))]
        switch random.next() % 3 {
        case 0:
            scheduler.cancel(id)
            live[id] = nil
        case 1: scheduler.setPaused(id, true)
        default: scheduler.setPaused(id, false)
        }
    }

    private mutating func answer(_ sample: StepPlan.Sample, _ next: TokenID) {
        let (id, index) = (sample.choice.request, sample.choice.index)
        guard var state = live[id], state.open.contains(index) else {
            wrong.append(id)
            return
        }
        let isFirst = state.outputs[index].isEmpty
        let token = isFirst ? TokenID(next.rawValue + Int32(index)) : next
        state.outputs[index].append(token)
        if state.outputs[index].count == state.maxTokens {
            scheduler.finish(sample.choice)
            state.open.remove(index)
            if state.outputs[index] != CacheModel.alone(state.prompt, count: state.maxTokens, choice: index) {
                wrong.append(id)
            }
        } else {
            scheduler.accept(token, for: sample.choice)
        }
        live[id] = state.open.isEmpty ? nil : state
    }
}
