/// What a key opens.
package enum KeyRole: String, Sendable, CaseIterable {
    /// Everything that clients do.
    case user
    /// What users do, what concerns the workers, and the metrics.
    case admin
    /// The metrics alone.
    case metrics
}
