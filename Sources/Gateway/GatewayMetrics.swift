import Observability
import OpenAIAPI
import ServingModel

/// What the gateway counts.
final class GatewayMetrics: Sendable {
    enum Outcome {
        case completed
        case abandoned
        /// Told to the client with this HTTP status.
        case failed(status: Int)
    }

    private let running: Gauge
    private let completed, abandoned, refused, failed: Counter
    private let promptTokens, completionTokens, cachedTokens: Counter
    private let errors: [Int: Counter]
    private let otherErrors: Counter
    /// Connections that were closed at once because there were too many.
    let refusedConnections: Counter
    private let timeToFirstToken, interTokenLatency: Histogram

    init(registry: MetricsRegistry, engine: (any Engine)?) {
        running = registry.gauge("drover_requests_running", "Generation requests being served or waiting.")
        let outcome = { (name: String) in
            registry.counter(
                "drover_requests_total", "Generation requests that have ended, by outcome.", labels: ["outcome": name])
        }
        completed = outcome("completed")
        abandoned = outcome("abandoned")
        refused = outcome("refused")
        failed = outcome("failed")
        let error = { (status: String) in
            registry.counter(
                "drover_http_errors_total", "Requests of any kind that were answered with an error.",
                labels: ["status": status])
        }
        let statuses = [400, 404, 405, 408, 413, 415, 429, 431, 500, 503]
        errors = Dictionary(uniqueKeysWithValues: statuses.map { ($0, error(String($0))) })
        otherErrors = error("other")
        refusedConnections = registry.counter(
            "drover_connections_refused_total", "Connections that were closed at once because there were too many.")
        promptTokens = registry.counter("drover_prompt_tokens_total", "Prompt tokens of ended requests.")
        completionTokens = registry.counter("drover_completion_tokens_total", "Tokens generated for ended requests.")
        cachedTokens = registry.counter(
            "drover_prompt_tokens_cached_total", "Prompt tokens of ended requests that did not have to be processed.")
        timeToFirstToken = registry.histogram(
            "drover_time_to_first_token_seconds", "From a request's submission to its first token.",
            bounds: Histogram.exponentialBounds(from: 0.005, factor: 2, count: 14))
        interTokenLatency = registry.histogram(
            "drover_inter_token_latency_seconds", "Between two steps that gave a request tokens.",
            bounds: Histogram.exponentialBounds(from: 0.001, factor: 2, count: 14))
        if let engine { Self.addEngine(engine, to: registry) }
    }

    func requestBegan() { running.add(1) }

    func errorAnswered(status: Int) { (errors[status] ?? otherErrors).add() }

    func promptDone(seconds: Double) { timeToFirstToken.observe(seconds) }

    func tokenGap(seconds: Double) { interTokenLatency.observe(seconds) }

    func requestEnded(_ outcome: Outcome, usage: TokenUsage) {
        running.add(-1)
        promptTokens.add(usage.promptTokens)
        completionTokens.add(usage.completionTokens)
        cachedTokens.add(usage.cachedTokens)
        switch outcome {
        case .completed: completed.add()
        case .abandoned: abandoned.add()
        case .failed(let status): status < 500 ? refused.add() : failed.add()
        }
    }

    /// What is read off the engine at each scrape.
    private static func addEngine(_ engine: any Engine, to registry: MetricsRegistry) {
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
