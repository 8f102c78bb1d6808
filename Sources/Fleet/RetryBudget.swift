/// Bounds how many requests are sent a second time: when everything fails, retries must not double the load.
struct RetryBudget {
    /// Retries that may be made at once, however few requests there were.
    static let reserve = 10.0
    /// Retries that each request adds.
    static let perRequest = 0.2

    private var credit = reserve

    mutating func requestBegan() { credit = min(credit + Self.perRequest, Self.reserve * 10) }

    /// Whether a request may be sent again; counts it if so.
    mutating func spend() -> Bool {
        guard credit >= 1 else { return false }
        credit -= 1
        return true
    }
}
