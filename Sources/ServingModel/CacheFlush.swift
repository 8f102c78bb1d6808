/// What came of an order to forget the KV of requests that have ended.
package struct CacheFlush: Sendable, Equatable {
    /// Tokens whose KV was held for requests that begin alike, and is no more.
    package var freedTokens: Int
    /// Requests that were running or waiting, and keep what they hold.
    package var liveRequests: Int

    package init(freedTokens: Int, liveRequests: Int) {
        self.freedTokens = freedTokens
        self.liveRequests = liveRequests
    }

    /// Done only if nothing is held any more.
    package var reply: WorkerReply {
        let freed = "the KV of \(freedTokens) tokens was dropped"
        guard liveRequests > 0 else { return WorkerReply(isDone: true, message: freed) }
        return .unable("\(freed); \(liveRequests) requests have not ended and keep theirs")
    }
}
