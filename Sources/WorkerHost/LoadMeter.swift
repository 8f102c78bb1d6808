import ServingModel

/// Makes a load of an engine's snapshots, whose counters it compares over time.
struct LoadMeter {
    /// How far back the rate of tokens looks, if it is asked often enough.
    private static let windowSeconds = 2.0
    /// Two looks nearer to each other than this give no rate of their own.
    private static let gapSeconds = 0.05

    private var samples: [(at: Moment, tokens: Int)] = []

    /// The load at `now`; moments come in order.
    mutating func load(
        _ snapshot: WorkerSnapshot, card: EngineCard, pending: (all: Int, waiting: Int), now: Moment
    ) -> WorkerLoad {
        var load = WorkerLoad()
        load.running = snapshot.runningSequences
        load.waiting = snapshot.waitingRequests
        load.runningMost = card.parallelSequences
        load.usedCacheTokens = snapshot.usedCacheTokens
        load.cacheTokens = snapshot.cacheTokens
        let promptTokens = snapshot.cachedTokens + snapshot.prefillTokens
        load.hitRate = promptTokens > 0 ? Double(snapshot.cachedTokens) / Double(promptTokens) : 0
        load.waitingTokens = Int((Double(pending.waiting) * (1 - load.hitRate)).rounded())
        load.pendingTokens = pending.all
        load.throughput = throughput(snapshot.decodeTokens, now: now)
        return load
    }

    private mutating func throughput(_ tokens: Int, now: Moment) -> Double {
        if let last = samples.last, now.seconds(since: last.at) < Self.gapSeconds {
            samples[samples.count - 1].tokens = tokens
        } else {
            samples.append((now, tokens))
        }
        // The newest sample that is old enough stays, so that a rate is there however seldom it is asked for.
        while samples.count > 2, now.seconds(since: samples[1].at) >= Self.windowSeconds { samples.removeFirst() }
        guard let first = samples.first, now.seconds(since: first.at) > 0 else { return 0 }
        return Double(tokens - first.tokens) / now.seconds(since: first.at)
    }
}
