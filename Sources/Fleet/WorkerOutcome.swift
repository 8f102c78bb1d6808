/// What became of a request at a worker.
package enum WorkerOutcome: Int, CaseIterable, Sendable {
    /// Answered to its end, or to a stop string that the gateway saw.
    case completed
    /// The worker said what is wrong with the request.
    case refused
    /// Nobody wanted the answer any more.
    case abandoned
    /// It failed before it began to answer, and there was no other worker to ask, or enough had been asked.
    case failedBeforeStart
    /// It failed before it began to answer, and another worker was not asked because that had happened too often.
    case retryDenied
    /// It failed with a part of the answer delivered.
    case failedMidway
    /// It failed before it began to answer, and another worker was asked.
    case retried
}
