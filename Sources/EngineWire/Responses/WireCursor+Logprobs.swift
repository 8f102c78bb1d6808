import ServingModel

/// Log-probabilities as vLLM and SGLang write them: arrays side by side, with an element a token. The fields of
/// `OutputLogProbs`, `InputLogProbs` and `TopLogProbs` have the same numbers in both.
extension WireCursor {
    /// Appends what an `OutputLogProbs` holds.
    consuming func readOutputLogprobs(top: Int, into entries: inout [LogprobsEntry]) throws(WireError) {
        var values: [Float] = []
        var tokens: [TokenID] = []
        var candidates: [[Candidate]] = []
        while !isAtEnd {
            let (field, type) = try tag()
            switch (field, type) {
            case (1, .lengthDelimited), (1, .fixed32): try part(self.values(type)).readLogprobs(into: &values)
            case (2, .lengthDelimited), (2, .varint): try part(self.values(type)).readTokens(into: &tokens)
            case (3, .lengthDelimited): candidates.append(try part(range()).candidates())
            default: try skip(type)
            }
        }
        guard values.count == tokens.count else { throw .malformed }
        for at in values.indices {
            let logprobs = TokenLogprobs(
                logprob: values[at], candidates: at < candidates.count ? candidates[at] : [], top: top)
            entries.append(LogprobsEntry(token: tokens[at], logprobs: logprobs))
        }
    }

    /// What an `InputLogProbs` holds: an entry a prompt token, nil where it has no log-probability, as the first.
    consuming func promptLogprobs(top: Int) throws(WireError) -> [TokenLogprobs?] {
        var values: [Float?] = []
        var candidates: [[Candidate]] = []
        while !isAtEnd {
            let (field, type) = try tag()
            switch (field, type) {
            case (1, .lengthDelimited): values.append(try part(range()).optionalLogprob())
            case (3, .lengthDelimited): candidates.append(try part(range()).candidates())
            default: try skip(type)
            }
        }
        return values.enumerated().map { at, value in
            value.map { logprob in
                TokenLogprobs(logprob: logprob, candidates: at < candidates.count ? candidates[at] : [], top: top)
            }
        }
    }

    /// An `InputTokenLogProb`.
    private consuming func optionalLogprob() throws(WireError) -> Float? {
        var value: Float?
        while !isAtEnd {
            let (field, type) = try tag()
            if field == 1, type == .fixed32 { value = try logprob() } else { try skip(type) }
        }
        return value
    }

    /// A `TopLogProbs`.
    private consuming func candidates() throws(WireError) -> [Candidate] {
        var values: [Float] = []
        var tokens: [TokenID] = []
        while !isAtEnd {
            let (field, type) = try tag()
            switch (field, type) {
            case (1, .lengthDelimited), (1, .fixed32): try part(self.values(type)).readLogprobs(into: &values)
            case (2, .lengthDelimited), (2, .varint): try part(self.values(type)).readTokens(into: &tokens)
            default: try skip(type)
            }
        }
        guard values.count == tokens.count else { throw .malformed }
        return zip(tokens, values).map { ($0, $1) }
    }

    private consuming func readLogprobs(into values: inout [Float]) throws(WireError) {
        while !isAtEnd { values.append(try logprob()) }
    }

    private consuming func readTokens(into tokens: inout [TokenID]) throws(WireError) {
        while !isAtEnd { tokens.append(try token()) }
    }
}

/// Log-probabilities as TensorRT-LLM writes them: a message a token.
extension WireCursor {
    /// A `TokenLogprob`, of which a `TopLogprob` is a part.
    consuming func tokenLogprobs(top: Int) throws(WireError) -> LogprobsEntry {
        var token = TokenID(0)
        var value: Float = 0
        var candidates: [Candidate] = []
        while !isAtEnd {
            let (field, type) = try tag()
            switch (field, type) {
            case (1, .varint): token = try self.token()
            case (2, .fixed32): value = try logprob()
            case (3, .lengthDelimited): candidates.append(try part(range()).candidate())
            default: try skip(type)
            }
        }
        return LogprobsEntry(
            token: token, logprobs: TokenLogprobs(logprob: value, candidates: candidates, top: top))
    }

    private consuming func candidate() throws(WireError) -> Candidate {
        var candidate: Candidate = (TokenID(0), 0)
        while !isAtEnd {
            let (field, type) = try tag()
            switch (field, type) {
            case (1, .varint): candidate.id = try token()
            case (2, .fixed32): candidate.logprob = try logprob()
            default: try skip(type)
            }
        }
        return candidate
    }
}

extension WireCursor {
    /// What stands for less, as in vLLM's own HTTP server: JSON has no infinity.
    private static let leastLogprob: Float = -9999

    /// A log-probability that JSON can hold.
    private mutating func logprob() throws(WireError) -> Float {
        let value = try float()
        return value > Self.leastLogprob ? min(value, 0) : Self.leastLogprob
    }
}
