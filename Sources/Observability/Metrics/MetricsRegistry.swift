private import Synchronization

/// The metrics of a process, and their Prometheus text.
///
/// Metrics are made once, at start, by the code that updates them; every series (a name with one set of labels) is
/// made once. Labels come from closed sets that the code knows, never from input, so the number of series is fixed; but
/// for families of what comes and goes, which are sampled as a whole and whose owner bounds them.
package final class MetricsRegistry: Sendable {
    private let families = Mutex<[MetricFamily]>([])

    package init() {}

    /// Makes a counter. Its name must end in `_total`.
    package func counter(
        _ name: String, _ help: String, labels: KeyValuePairs<String, String> = [:]
    ) -> Counter {
        let counter = Counter()
        register(name, help, .counter, labels) { .value(Double(counter.value)) }
        return counter
    }

    package func gauge(_ name: String, _ help: String, labels: KeyValuePairs<String, String> = [:]) -> Gauge {
        let gauge = Gauge()
        register(name, help, .gauge, labels) { .value(gauge.value) }
        return gauge
    }

    /// Makes a histogram.
    ///
    /// - Parameter bounds: the buckets' upper bounds, inclusive and ascending; the bucket of everything above is added.
    package func histogram(
        _ name: String, _ help: String, bounds: [Double], labels: KeyValuePairs<String, String> = [:]
    ) -> Histogram {
        let histogram = Histogram(bounds: bounds)
        register(name, help, .histogram, labels) { .histogram(histogram.snapshot()) }
        return histogram
    }

    /// Adds a counter whose value is asked for at every scrape; it never falls.
    package func sampledCounter(
        _ name: String, _ help: String, labels: KeyValuePairs<String, String> = [:],
        _ sample: @escaping @Sendable () -> Double
    ) {
        register(name, help, .counter, labels) { .value(sample()) }
    }

    /// Adds a gauge whose value is asked for at every scrape.
    package func sampledGauge(
        _ name: String, _ help: String, labels: KeyValuePairs<String, String> = [:],
        _ sample: @escaping @Sendable () -> Double
    ) {
        register(name, help, .gauge, labels) { .value(sample()) }
    }

    /// Adds a histogram that someone else keeps and that is asked for at every scrape.
    package func sampledHistogram(
        _ name: String, _ help: String, labels: KeyValuePairs<String, String> = [:],
        _ sample: @escaping @Sendable () -> HistogramSnapshot
    ) {
        register(name, help, .histogram, labels) { .histogram(sample()) }
    }

    /// Adds counters that come and go, one for each set of labels, and are asked for at every scrape.
    package func sampledCounters(_ name: String, _ help: String, _ sample: @escaping @Sendable () -> [LabelledValue]) {
        registerChanging(name, help, .counter, sample)
    }

    /// Adds gauges that come and go, one for each set of labels, and are asked for at every scrape.
    package func sampledGauges(_ name: String, _ help: String, _ sample: @escaping @Sendable () -> [LabelledValue]) {
        registerChanging(name, help, .gauge, sample)
    }

    /// Appends all metrics in Prometheus' text format, version 0.0.4. Samples are taken outside of any lock.
    package func append(to bytes: inout [UInt8]) {
        for family in families.withLock({ $0 }) { family.append(to: &bytes) }
    }

    /// The `Content-Type` of what `append` writes.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private func register(
        _ name: String, _ help: String, _ kind: MetricFamily.Kind, _ labels: KeyValuePairs<String, String>,
        _ sample: @escaping @Sendable () -> MetricFamily.Sample
    ) {
        let series = MetricFamily.Series(labels: MetricFamily.rendered(labels), sample: sample)
        families.withLock { families in
            if let at = families.firstIndex(where: { $0.name == name }) {
                families[at].add(series, kind: kind, help: help)
            } else {
                families.append(MetricFamily(name: name, help: help, kind: kind, series: [series]))
            }
        }
    }

    private func registerChanging(
        _ name: String, _ help: String, _ kind: MetricFamily.Kind, _ sample: @escaping @Sendable () -> [LabelledValue]
    ) {
        families.withLock { families in
            precondition(!families.contains { $0.name == name }, "\(name) is made twice")
            families.append(MetricFamily(name: name, help: help, kind: kind, series: [], changing: sample))
        }
    }
}
