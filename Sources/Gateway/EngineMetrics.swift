package import Observability
package import ServingModel

/// What an engine in this process counts.
package enum EngineMetrics {
    /// Registers what is read off the engine at each scrape.
    package static func register(_ engine: any Engine, in registry: MetricsRegistry) {
        let gauge = { (name: String, help: String, read: @escaping @Sendable (WorkerSnapshot) -> Int) in
            registry.sampledGauge("drover_engine_" + name, help) { Double(read(engine.snapshot())) }
        }
        let counter = { (name: String, help: String, read: @escaping @Sendable (WorkerSnapshot) -> Int) in
            registry.sampledCounter("drover_engine_" + name, help) { Double(read(engine.snapshot())) }
        }
        gauge("running_sequences", "Sequences in the engine's batch.") { $0.runningSequences }
        gauge("waiting_requests", "Requests in the engine's queue.") { $0.waitingRequests }
        gauge("cache_tokens_used", "Tokens whose KV is held.") { $0.usedCacheTokens }
        gauge("cache_tokens", "Tokens whose KV can be held.") { $0.cacheTokens }
        counter("steps_total", "Steps computed.") { $0.steps }
        registry.sampledCounter("drover_engine_prefill_seconds_total", "Time in which prompts were computed.") {
            engine.snapshot().prefillSeconds
        }
        registry.sampledCounter("drover_engine_decode_seconds_total", "Time in which streams were decoded.") {
            engine.snapshot().decodeSeconds
        }
        counter("prefill_tokens_total", "Prompt tokens computed.") { $0.prefillTokens }
        counter("decode_tokens_total", "Tokens decoded.") { $0.decodeTokens }
        counter("cached_tokens_total", "Prompt tokens found in the KV cache.") { $0.cachedTokens }
        counter("evicted_tokens_total", "Tokens whose KV was evicted.") { $0.evictedTokens }
        counter("preemptions_total", "Sequences preempted because the KV cache was full.") { $0.preemptions }
        registry.sampledHistogram("drover_engine_batch_tokens", "Tokens computed in one step.") {
            let snapshot = engine.snapshot()
            return HistogramSnapshot(
                bounds: (0..<snapshot.batchSizes.count - 1).map { Double(1 << $0) }, counts: snapshot.batchSizes,
                sum: Double(snapshot.prefillTokens + snapshot.decodeTokens))
        }
    }
}
