import ServingModel

/// A generated token's log-probabilities, and which token they are of.
struct LogprobsEntry {
    let token: TokenID
    let logprobs: TokenLogprobs
}

/// A token that could have been taken, and how likely it was.
typealias Candidate = (id: TokenID, logprob: Float)

extension TokenLogprobs {
    /// From what an engine says.
    ///
    /// vLLM puts the token itself before the likeliest ones, and TensorRT-LLM anywhere among them: so there may be more
    /// candidates than were asked for, in any order.
    convenience init(logprob: Float, candidates: [Candidate], top: Int) {
        var candidates = candidates
        let isSorted = zip(candidates, candidates.dropFirst()).allSatisfy { $0.logprob >= $1.logprob }
        if !isSorted { candidates.sort { $0.logprob > $1.logprob } }
        self.init(logprob: logprob, top: Array(candidates.prefix(top)))
    }
}
