/// What a histogram has counted at one moment.
package struct HistogramSnapshot: Sendable, Equatable {
    /// The buckets' upper bounds, inclusive and ascending.
    package let bounds: [Double]
    /// Observations by bucket, each counted once, and behind them those above every bound.
    package let counts: [Int]
    package let sum: Double

    package init(bounds: [Double], counts: [Int], sum: Double) {
        precondition(counts.count == bounds.count + 1, "a histogram has one bucket more than bounds")
        self.bounds = bounds
        self.counts = counts
        self.sum = sum
    }
}
