import ServingModel

/// A choice on its way through the engine: waiting, running, or preempted and waiting again.
struct Track {
    /// Another of the request's choices if the first is cancelled before the prompt is complete.
    var id: ChoiceID
    /// The prompt and what was generated so far.
    var tokens: [TokenID]
    /// Further choices of the request that are forked from this one when the prompt is complete.
    var forks: [Int]
    let reportsPromptLogprobs: Bool
    /// Past this moment the request is refused; nil once it has run.
    var queueDeadline: Moment?
    /// Whether the prompt has been complete before; a preempted track computes its tokens anew without reporting them.
    var hasStarted = false
    var isPaused = false
    /// Prompt tokens found in the cache on first admission.
    var cachedTokens: Int?
    /// The cells while running.
    var sequence = SequenceID(-1)
    /// Tokens whose KV is computed or planned; equals the sequence's length.
    var computed = 0

    var remaining: Int { tokens.count - computed }
    var isDecoding: Bool { hasStarted && remaining == 1 }

    func fork(_ index: Int, sequence: SequenceID) -> Track {
        var fork = Track(
            id: ChoiceID(request: id.request, index: index), tokens: tokens, forks: [],
            reportsPromptLogprobs: false, queueDeadline: nil)
        fork.hasStarted = true
        fork.isPaused = isPaused
        fork.sequence = sequence
        fork.computed = computed
        return fork
    }
}
