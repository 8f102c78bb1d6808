/// Bounds how many requests are sent a second time: when everything fails, retries must not double the load.
///
/// Each request adds a part of a retry. What is saved covers at most the requests that are under way, so that a lost
/// worker's need not be refused, and a hundred where fewer are.
struct RetryBudget {
    /// Retries that may be made at once, however few requests there were.
    static let reserve = 10
    /// So many requests add one retry.
    static let requestsPerRetry = 5
    /// Retries that can be saved however few requests are under way.
    static let savedMax = 100

    /// In the part of a retry that one request adds.
    private var credit = reserve * requestsPerRetry

    mutating func requestBegan(outstanding: Int) {
        if credit < max(Self.savedMax, outstanding) * Self.requestsPerRetry { credit += 1 }
    }

    /// Whether a request may be sent again; counts it if so.
    mutating func spend() -> Bool {
        guard credit >= Self.requestsPerRetry else { return false }
        credit -= Self.requestsPerRetry
        return true
    }
}
