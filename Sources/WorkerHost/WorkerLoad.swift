import EngineWire
import ServingModel

/// What a worker has to do, as GetLoads and load records tell it.
struct WorkerLoad: Equatable {
    var running = 0
    var waiting = 0
    var runningMost = 0
    var usedCacheTokens = 0
    var cacheTokens = 0
    /// Tokens generated a second.
    var throughput = 0.0
    /// Prompt tokens that were found in the cache, as a share of all.
    var hitRate = 0.0
    /// Prompt tokens of requests that wait, less what is likely to be in the cache.
    var waitingTokens = 0
    /// Prompt tokens of requests that have brought no output yet.
    var pendingTokens = 0

    /// The share of the cache that is in use.
    var cacheUsage: Double { cacheTokens > 0 ? min(Double(usedCacheTokens) / Double(cacheTokens), 1) : 0 }

    /// Whether it differs so much that it is worth a record: vLLM's servicer has the same bounds.
    func isFar(from other: WorkerLoad) -> Bool {
        let throughputs = abs(throughput - other.throughput)
        return running != other.running || waiting != other.waiting || runningMost != other.runningMost
            || waitingTokens != other.waitingTokens || abs(cacheUsage - other.cacheUsage) > 0.005
            || throughputs > 50 || throughputs > 0.05 * max(throughput, other.throughput)
    }

    var schedulerLoad: VLLMSchedulerLoad {
        var load = VLLMSchedulerLoad()
        load.numRunningReqs = Int32(running)
        load.numWaitingReqs = Int32(waiting)
        load.numTotalReqs = Int32(running + waiting)
        load.numUsedTokens = Int32(clamping: usedCacheTokens)
        load.maxTotalNumTokens = Int32(clamping: cacheTokens)
        load.tokenUsage = cacheUsage
        load.genThroughput = throughput
        load.cacheHitRate = hitRate
        load.utilization = cacheUsage
        load.maxRunningRequests = Int32(runningMost)
        load.numWaitingUncachedTokens = Int32(clamping: waitingTokens)
        return load
    }

    var record: SMGEngineLoad {
        var record = SMGEngineLoad()
        record.runningRequests = UInt32(running)
        record.waitingRequests = UInt32(waiting)
        record.waitingUncachedTokens = UInt32(clamping: waitingTokens)
        record.tokenUsage = cacheUsage
        record.genThroughput = throughput
        record.maxRunningRequests = UInt32(runningMost)
        record.numUsedTokens = Int32(clamping: usedCacheTokens)
        record.maxTotalNumTokens = Int32(clamping: cacheTokens)
        record.prefillPendingTokens = UInt32(clamping: pendingTokens)
        return record
    }
}
