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
    /// Clients that TLS did not let in, or that left meanwhile.
    let failedHandshakes: Counter
    private let timeToFirstToken, interTokenLatency: Histogram

    init(registry: MetricsRegistry) {
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
        let statuses = [400, 401, 403, 404, 405, 408, 413, 415, 429, 431, 500, 503]
        errors = Dictionary(uniqueKeysWithValues: statuses.map { ($0, error(String($0))) })
        otherErrors = error("other")
        refusedConnections = registry.counter(
            "drover_connections_refused_total", "Connections that were closed at once because there were too many.")
        failedHandshakes = registry.counter(
            "drover_tls_handshakes_failed_total", "Connections that ended in the TLS handshake.")
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
}
