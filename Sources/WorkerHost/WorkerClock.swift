package import ServingModel

/// The clocks that a worker reads.
package struct WorkerClock: Sendable {
    /// The process's monotonic clock.
    package var now: @Sendable () -> Moment
    package var secondsSince1970: @Sendable () -> Double

    package init(now: @escaping @Sendable () -> Moment, secondsSince1970: @escaping @Sendable () -> Double) {
        self.now = now
        self.secondsSince1970 = secondsSince1970
    }
}
