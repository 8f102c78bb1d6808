import Sampling
import ServingModel

/// A sampler with its scratch, over rows that it may not change.
struct Fixture: ~Copyable {
    var sampler: Sampler
    var scratch: SamplingScratch
    private let row: UnsafeMutableBufferPointer<Float>

    init(
        vocabulary: Int, options: SamplingOptions = SamplingOptions(), seed: UInt64 = 1,
        stop: StopConditions = StopConditions(maxTokens: 100), endTokens: [Int] = []
    ) {
        sampler = Sampler(
            options: options, stop: stop, seed: seed, vocabularySize: vocabulary, endTokens: endTokens.map(TokenID.init)
        )
        scratch = SamplingScratch(vocabularySize: vocabulary)
        row = .allocate(capacity: vocabulary)
    }

    deinit { row.deallocate() }

    mutating func sample(_ logits: [Float], forbidding: [TokenID] = []) -> Int? {
        _ = row.update(fromContentsOf: logits)
        return sampler.sample(row, forbidding: forbidding, scratch: &scratch).map { Int($0.rawValue) }
    }

    /// Samples until a choice is allowed, striking out those that are not: all at once, or each as it is chosen.
    mutating func sample(
        _ logits: [Float], strikingOutOneByOne: Bool = false, allowing isAllowed: (Int) -> Bool
    ) -> Int? {
        var choice = sample(logits)
        while let token = choice, !isAllowed(token) {
            for other in row.indices where strikingOutOneByOne ? other == token : !isAllowed(other) {
                row[other] = -.infinity
            }
            choice = sampler.sampleAgain(row, scratch: &scratch).map { Int($0.rawValue) }
        }
        return choice
    }
}

extension TokenID {
    init(_ id: Int) { self.init(Int32(id)) }
}

extension RandomStream {
    /// Roughly a standard normal.
    mutating func nextNormal() -> Float {
        Float((0..<12).reduce(-6.0) { sum, _ in sum + nextUnit() })
    }

    mutating func nextRow(_ count: Int, spread: Float = 3) -> [Float] {
        (0..<count).map { _ in nextNormal() * spread }
    }
}
