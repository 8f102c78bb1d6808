package import ServingModel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Log-probabilities under the model's own distribution; one for each thread.
///
/// A sampler changes the row that it chooses from, and which token's log-probability is wanted is known only after it
/// has. So the row is kept first, for the cost of a copy:
///
///     report.keep(row)
///     let token = sampler.sample(row, scratch: &scratch)
///     let logprobs = report.logprobs(of: token, top: 5)
package struct LogprobReport: ~Copyable {
    /// The most tokens that can be reported beside the chosen one.
    package static let topLimit = 20

    private let kept: UnsafeMutablePointer<Float>
    private let vocabularySize: Int
    private let scratch: SamplingScratch

    package init(vocabularySize: Int) {
        self.vocabularySize = vocabularySize
        kept = .allocate(capacity: vocabularySize)
        kept.initialize(repeating: 0, count: vocabularySize)
        scratch = SamplingScratch(vocabularySize: vocabularySize)
    }

    deinit { kept.deallocate() }

    /// Copies a row before it is changed. The row has one logit a token of the vocabulary.
    package mutating func keep(_ logits: UnsafeMutableBufferPointer<Float>) {
        precondition(logits.count == vocabularySize, "a row has one logit a token of the vocabulary")
        guard let base = logits.baseAddress else { return }
        kept.update(from: base, count: vocabularySize)
    }

    /// The log-probability of `token` and of the `top` likeliest, for the row that was kept last.
    package mutating func logprobs(of token: TokenID, top: Int) -> TokenLogprobs {
        logprobs(of: token, in: UnsafeMutableBufferPointer(start: kept, count: vocabularySize), top: top)
    }

    /// The log-probability of `token` and of the `top` likeliest, for a row as the model gave it; ties in the order of
    /// their ids. -infinity for tokens that are impossible, and for all where the row is not finite at its largest.
    package mutating func logprobs(
        of token: TokenID, in logits: UnsafeMutableBufferPointer<Float>, top: Int
    ) -> TokenLogprobs {
        precondition(logits.count == vocabularySize, "a row has one logit a token of the vocabulary")
        precondition((0...Self.topLimit).contains(top), "too many of the likeliest tokens were asked for")
        guard let base = logits.baseAddress, logits.indices.contains(Int(token.rawValue)) else {
            return TokenLogprobs(logprob: -.infinity, top: [])
        }
        let row = FloatRow(base, count: logits.count)
        let largest = row.findMaxima(into: scratch.blocks)
        guard largest.isFinite else { return TokenLogprobs(logprob: -.infinity, top: []) }
        let normaliser = largest + Float(log(row.sumOfExponentials(largest: largest)))
        let logit = logits[Int(token.rawValue)]
        return TokenLogprobs(
            logprob: logit.isNaN ? -.infinity : logit - normaliser,
            top: likeliest(top, of: row).map { (TokenID(Int32($0.id)), $0.logit - normaliser) })
    }

    private func likeliest(_ limit: Int, of row: FloatRow) -> [RankedToken] {
        guard limit > 0 else { return [] }
        let count = scratch.selectTop(limit, of: row)
        return UnsafeBufferPointer(start: scratch.candidates, count: count).sorted(by: >)
    }
}

extension FloatRow {
    /// The sum of e^(number - largest).
    fileprivate func sumOfExponentials(largest: Float) -> Double {
        var total = 0.0
        for block in 0..<blockCount {
            let range = range(ofBlock: block)
            var sum = SIMD16<Float>()
            for at in stride(from: range.lowerBound, to: range.upperBound, by: Self.vectorWidth) {
                sum += FastExponential.of(vector(at: at) - largest)
            }
            total += Double(sum.sum())
        }
        return total
    }
}
