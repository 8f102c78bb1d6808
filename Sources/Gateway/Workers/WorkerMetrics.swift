import Fleet
import Observability
import ServingModel

/// What is counted of each worker.
enum WorkerMetrics {
    /// Registers what is read off the workers at each scrape. A worker's series end when it is there no more.
    static func register(_ reports: @escaping @Sendable () -> [WorkerReport], in registry: MetricsRegistry) {
        let gauges = { (name: String, help: String, read: @escaping @Sendable (Worker) -> Double) in
            registry.sampledGauges("drover_worker_" + name, help) {
                reports().flatMap(\.workers).map { worker in
                    LabelledValue(["worker": worker.id.rawValue, "model": worker.card.model.rawValue], read(worker))
                }
            }
        }
        gauges("outstanding_requests", "Requests that the worker has been sent and that have not ended.") {
            Double($0.outstanding)
        }
        gauges("healthy", "1 if the last checks of the worker were good.") { $0.isHealthy ? 1 : 0 }
        gauges("paused", "1 while others are preferred because the worker fails its requests.") {
            $0.isPaused(WallClock.now) ? 1 : 0
        }
        registry.sampledCounters("drover_worker_requests_total", "Requests that have ended at the worker, by outcome.")
        {
            reports().flatMap(\.workers).flatMap { worker in
                WorkerOutcome.allCases.map { outcome in
                    LabelledValue(
                        [
                            "worker": worker.id.rawValue, "model": worker.card.model.rawValue,
                            "outcome": outcome.label,
                        ], Double(worker.count(of: outcome)))
                }
            }
        }
    }
}

extension WorkerOutcome {
    fileprivate var label: String {
        switch self {
        case .completed: "completed"
        case .refused: "refused"
        case .abandoned: "abandoned"
        case .failedBeforeStart: "failed_before_start"
        case .retryDenied: "retry_denied"
        case .failedMidway: "failed_midway"
        case .retried: "retried"
        }
    }
}
