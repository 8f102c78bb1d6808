import Observability
import Synchronization
import Testing

struct MetricsRegistryTests {
    private static func text(_ registry: MetricsRegistry) -> String {
        var bytes: [UInt8] = []
        registry.append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func writesEveryKindOfMetric() {
        let registry = MetricsRegistry()
        let served = registry.counter("drover_requests_total", "Requests, by route.", labels: ["route": "chat"])
        registry.counter("drover_requests_total", "Requests, by route.", labels: ["route": "models"]).add()
        let running = registry.gauge("drover_running", "Running\nsequences \\ \"all\".")
        let wait = registry.histogram(
            "drover_wait_seconds", "Waiting.", bounds: [0.5, 1, 2.5], labels: ["model": "a\"\\\nb", "phase": "é"])
        registry.sampledGauge("drover_cache_ratio", "Share of the cache in use.") { 0.25 }
        registry.sampledCounter("drover_steps_total", "Steps.") { 1e18 }
        registry.sampledHistogram("drover_batch_tokens", "Tokens of a step.") {
            HistogramSnapshot(bounds: [1, 2], counts: [3, 0, 4], sum: 23)
        }
        served.add(2)
        served.add()
        running.set(5)
        running.add(-1.5)
        for value in [0.1, 0.5, 0.75, 7] { wait.observe(value) }
        wait.observe(2, times: 3)

        #expect(
            Self.text(registry) == #"""
                # HELP drover_requests_total Requests, by route.
                # TYPE drover_requests_total counter
                drover_requests_total{route="chat"} 3
                drover_requests_total{route="models"} 1
                # HELP drover_running Running\nsequences \\ "all".
                # TYPE drover_running gauge
                drover_running 3.5
                # HELP drover_wait_seconds Waiting.
                # TYPE drover_wait_seconds histogram
                drover_wait_seconds_bucket{model="a\"\\\nb",phase="é",le="0.5"} 2
                drover_wait_seconds_bucket{model="a\"\\\nb",phase="é",le="1"} 3
                drover_wait_seconds_bucket{model="a\"\\\nb",phase="é",le="2.5"} 6
                drover_wait_seconds_bucket{model="a\"\\\nb",phase="é",le="+Inf"} 7
                drover_wait_seconds_sum{model="a\"\\\nb",phase="é"} 14.35
                drover_wait_seconds_count{model="a\"\\\nb",phase="é"} 7
                # HELP drover_cache_ratio Share of the cache in use.
                # TYPE drover_cache_ratio gauge
                drover_cache_ratio 0.25
                # HELP drover_steps_total Steps.
                # TYPE drover_steps_total counter
                drover_steps_total 1e+18
                # HELP drover_batch_tokens Tokens of a step.
                # TYPE drover_batch_tokens histogram
                drover_batch_tokens_bucket{le="1"} 3
                drover_batch_tokens_bucket{le="2"} 3
                drover_batch_tokens_bucket{le="+Inf"} 7
                drover_batch_tokens_sum 23
                drover_batch_tokens_count 7

                """#)
    }

    @Test func writesNumbersThatAreNotFinite() {
        let registry = MetricsRegistry()
        for value in [Double.infinity, -.infinity, .nan] {
            registry.sampledGauge("g", "G.", labels: ["value": "\(value)"]) { value }
        }
        #expect(
            Self.text(registry)
                == "# HELP g G.\n# TYPE g gauge\ng{value=\"inf\"} +Inf\ng{value=\"-inf\"} -Inf\ng{value=\"nan\"} NaN\n")
    }

    @Test func writesSeriesThatComeAndGo() {
        let registry = MetricsRegistry()
        let workers = Mutex(["a", "\"b"])
        registry.sampledCounters("c_total", "C.") {
            workers.withLock { $0 }.map { LabelledValue(["worker": $0, "model": "m"], 2) }
        }
        registry.sampledGauges("g", "G.") { workers.withLock { $0 }.map { LabelledValue(["worker": $0], 0.5) } }
        #expect(
            Self.text(registry) == #"""
                # HELP c_total C.
                # TYPE c_total counter
                c_total{worker="a",model="m"} 2
                c_total{worker="\"b",model="m"} 2
                # HELP g G.
                # TYPE g gauge
                g{worker="a"} 0.5
                g{worker="\"b"} 0.5

                """#)
        workers.withLock { $0 = [] }
        #expect(Self.text(registry) == "# HELP c_total C.\n# TYPE c_total counter\n# HELP g G.\n# TYPE g gauge\n")
    }

    @Test func losesNoUpdateUnderContention() async {
        let registry = MetricsRegistry()
        let counter = registry.counter("c_total", "C.")
        let gauge = registry.gauge("g", "G.")
        let histogram = registry.histogram("h", "H.", bounds: [1])
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<5_000 {
                        counter.add()
                        gauge.add(0.5)
                        histogram.observe(2)
                    }
                }
            }
        }
        #expect(counter.value == 20_000)
        #expect(gauge.value == 10_000)
        #expect(histogram.snapshot() == HistogramSnapshot(bounds: [1], counts: [0, 20_000], sum: 40_000))
    }

    @Test func growsBoundsByAFactor() {
        #expect(Histogram.exponentialBounds(from: 1, factor: 2, count: 4) == [1, 2, 4, 8])
    }
}
