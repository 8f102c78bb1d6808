/// Tells a worker that is gone from one that missed a check.
struct WorkerHealth {
    enum Change: Equatable { case lost, back, none }

    /// Checks in a row that a worker must fail to count as lost.
    let failuresMax: Int
    private(set) var isHealthy = true
    private var failures = 0

    init(failuresMax: Int) { self.failuresMax = failuresMax }

    /// Takes a check's result. One good check brings a worker back.
    mutating func note(_ isOK: Bool) -> Change {
        if isOK {
            failures = 0
            defer { isHealthy = true }
            return isHealthy ? .none : .back
        }
        failures += 1
        guard isHealthy, failures >= failuresMax else { return .none }
        isHealthy = false
        return .lost
    }
}
