/// What workers are told to do beside their requests.
package enum WorkerOrder: Sendable, Equatable {
    /// Forget the KV of what has ended, after waiting at most so long for what still runs.
    case flushCache(waitSeconds: Double)
    case startProfile(ProfileOptions)
    case stopProfile
}
