package import ServingModel

/// Chooses the tokens of one sequence from rows of logits.
///
/// A row goes through `SamplingOptions.logitBias`, the penalties (repetition over prompt and output, presence and
/// frequency over the output, as vLLM has them), `temperature`, `topK`, `minP` and `topP`. Tokens that tie are ordered
/// by their id, the lowest first. The same seed and the same rows give the same tokens, on every machine.
///
/// Odd rows: not-a-number counts as -infinity, which is never chosen; where a logit is +infinity, the lowest such token
/// is; where nothing can be chosen, the answer is nil.
package struct Sampler: Sendable {
    /// Temperatures below this one take the likeliest token, as 0 does; they would overflow the division.
    package static let lowestTemperature: Float = 1e-5

    /// The tokens that have been accepted.
    package private(set) var acceptedTokens = 0
    private let options: SamplingOptions
    private let vocabularySize: Int
    private let biases: [(token: Int, bias: Float)]
    /// What cannot be chosen before `minTokens` have been.
    private let endings: [Int]
    private let minTokens: Int
    private var history: TokenHistory
    private var random: RandomStream

    /// Begins a sequence.
    ///
    /// `seed` belongs to this sequence alone (`options.seed` plus the choice's number, or drawn). `endTokens` are the
    /// model's end-of-sequence tokens. Tokens outside the vocabulary cannot be chosen and are passed over wherever they
    /// are named. The options are in their documented ranges.
    package init(
        options: SamplingOptions, stop: StopConditions, seed: UInt64, vocabularySize: Int, endTokens: [TokenID]
    ) {
        let known = { (token: TokenID) in token.rawValue >= 0 && Int(token.rawValue) < vocabularySize }
        self.options = options
        self.vocabularySize = vocabularySize
        biases = options.logitBias.filter { known($0.key) }.map { (Int($0.key.rawValue), $0.value) }
        endings = ((stop.ignoresEndOfSequence ? [] : endTokens) + stop.stopTokens).filter(known)
            .map { Int($0.rawValue) }
        minTokens = stop.minTokens
        history = TokenHistory(options: options, vocabularySize: vocabularySize)
        random = RandomStream(seed: seed)
    }

    /// Takes the prompt into account for the repetition penalty; once, before the first token.
    package mutating func observePrompt(_ tokens: some Sequence<TokenID>) {
        history.addPrompt(tokens)
    }

    /// Takes the token that the sequence goes on with, chosen here or not.
    package mutating func accept(_ token: TokenID) {
        acceptedTokens += 1
        history.addGenerated(token)
    }

    /// Chooses a token, or none if the row allows none.
    ///
    /// The row is left with biases and penalties applied and with -infinity for the tokens in `forbidden` and, before
    /// `minTokens` have been accepted, those that end the sequence. O(vocabulary + tokens seen); allocates nothing.
    package mutating func sample(
        _ logits: UnsafeMutableBufferPointer<Float>, forbidding forbidden: [TokenID] = [],
        scratch: inout SamplingScratch
    ) -> TokenID? {
        precondition(logits.count == vocabularySize, "a row has one logit a token of the vocabulary")
        for (token, bias) in biases { logits[token] += bias }
        history.penalise(logits)
        if acceptedTokens < minTokens {
            for token in endings { logits[token] = -.infinity }
        }
        for token in forbidden where logits.indices.contains(Int(token.rawValue)) {
            logits[Int(token.rawValue)] = -.infinity
        }
        return sampleAgain(logits, scratch: &scratch)
    }

    /// Chooses again from a row that `sample` has left, after the caller has set more of it to -infinity.
    ///
    /// It draws anew. Whether a caller strikes out the one token that it refuses, again and again, or all that it would
    /// refuse at once, the token that it accepts in the end is distributed as one that was drawn under the whole mask
    /// to begin with (when no filter cuts the row); so a mask that is costly to make is needed only where the first
    /// few choices fail.
    package mutating func sampleAgain(
        _ logits: UnsafeMutableBufferPointer<Float>, scratch: inout SamplingScratch
    ) -> TokenID? {
        guard let base = logits.baseAddress, !logits.isEmpty else { return nil }
        precondition(logits.count <= scratch.vocabularySize, "the scratch was made for a smaller vocabulary")
        let row = FloatRow(base, count: logits.count)
        let largest = row.findMaxima(into: scratch.blocks)
        guard largest > -.infinity else { return nil }
        if options.temperature < Self.lowestTemperature || options.topK == 1 || largest == .infinity {
            return row.firstPosition(of: largest, maxima: scratch.blocks).map { TokenID(Int32($0)) }
        }
        guard let limit = options.topK, limit < row.count else {
            return TokenID(Int32(draw(from: row, largest: largest, scratch: scratch)))
        }
        let count = scratch.selectTop(limit, of: row)
        for at in 0..<count { scratch.weights[at] = scratch.candidates[at].logit }
        let top = FloatRow(scratch.weights, count: count)
        return TokenID(Int32(scratch.candidates[draw(from: top, largest: largest, scratch: scratch)].id))
    }

    private mutating func draw(from row: FloatRow, largest: Float, scratch: borrowing SamplingScratch) -> Int {
        var draw = WeightedDraw(
            row, largest: largest, inverseTemperature: 1 / options.temperature, minP: options.minP, scratch: scratch)
        return draw.draw(topP: max(options.topP, .leastNormalMagnitude), from: &random)
    }
}
