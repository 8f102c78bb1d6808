private import Synchronization

/// Counts observations by fixed buckets. Buckets and sum of a snapshot belong together: one lock guards them.
package final class Histogram: Sendable {
    private struct State {
        var counts: [Int]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    init(bounds: [Double]) {
        precondition(
            !bounds.isEmpty && bounds.allSatisfy(\.isFinite) && zip(bounds, bounds.dropFirst()).allSatisfy(<),
            "a histogram's bounds must ascend")
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    /// Counts `value` as often as it was seen. O(buckets), allocates nothing.
    package func observe(_ value: Double, times: Int = 1) {
        var bucket = 0
        while bucket < bounds.count, value > bounds[bucket] { bucket += 1 }
        state.withLock { state in
            state.counts[bucket] += times
            state.sum += value * Double(times)
        }
    }

    package func snapshot() -> HistogramSnapshot {
        let now = state.withLock { $0 }
        return HistogramSnapshot(bounds: bounds, counts: now.counts, sum: now.sum)
    }

    /// Bounds that grow by a factor: `first`, `first * factor`, and so on.
    package static func exponentialBounds(from first: Double, factor: Double, count: Int) -> [Double] {
        precondition(first > 0 && factor > 1 && count > 0, "exponential bounds must ascend")
        return (0..<count).reduce(into: []) { bounds, _ in bounds.append((bounds.last ?? first / factor) * factor) }
    }
}
