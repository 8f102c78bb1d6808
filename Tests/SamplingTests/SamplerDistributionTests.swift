import Foundation
import Sampling
import ServingModel
import Testing

struct SamplerDistributionTests {
    /// The chi-square statistic of `draws` samples, in standard deviations above its expectation. Tokens that are
    /// expected less than 5 times are taken together.
    private func excess(of counts: [Int], over expected: [Double], draws: Int) -> Double {
        var cells: [(Double, Double)] = []
        var rest = (0.0, 0.0)
        for (count, probability) in zip(counts, expected) where probability > 0 {
            let mean = probability * Double(draws)
            if mean >= 5 { cells.append((Double(count), mean)) } else { rest = (rest.0 + Double(count), rest.1 + mean) }
        }
        if rest.1 > 0.5 { cells.append(rest) }
        let statistic = cells.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) / $1.1 }
        let freedom = Double(max(cells.count - 1, 1))
        return (statistic - freedom) / (2 * freedom).squareRoot()
    }

    private func check(_ options: SamplingOptions, vocabulary: Int, seed: UInt64, spread: Float = 3) {
        var random = RandomStream(seed: seed)
        let row = random.nextRow(vocabulary, spread: spread)
        let expected = ReferenceSampler(options: options).probabilities(row)
        var fixture = Fixture(vocabulary: vocabulary, options: options, seed: seed)
        let draws = 4000
        var counts = Array(repeating: 0, count: vocabulary)
        for _ in 0..<draws {
            guard let token = fixture.sample(row) else {
                Issue.record("nothing was chosen")
                return
            }
            counts[token] += 1
        }
        for (token, count) in counts.enumerated() where expected[token] == 0 {
            #expect(count == 0, "token \(token) is filtered out; seed \(seed), \(options)")
        }
        #expect(excess(of: counts, over: expected, draws: draws) < 5, "seed \(seed), \(options)")
    }

    @Test(arguments: [Float(0.3), 1, 2])
    func drawsFromTheSoftmaxAtEachTemperature(temperature: Float) {
        var options = SamplingOptions()
        options.temperature = temperature
        for (seed, vocabulary) in [(1, 1), (2, 7), (3, 16), (4, 129), (5, 1000)] {
            check(options, vocabulary: vocabulary, seed: UInt64(seed))
        }
    }

    @Test func keepsTheLikeliest() {
        for (index, limit) in [2, 5, 40, 127, 128, 400, 5000].enumerated() {
            var options = SamplingOptions()
            options.topK = limit
            check(options, vocabulary: 1500, seed: UInt64(index))
        }
    }

    @Test func keepsTheNucleus() {
        for (index, share) in [Float(0.01), 0.1, 0.5, 0.9, 0.99].enumerated() {
            var options = SamplingOptions()
            options.topP = share
            check(options, vocabulary: 700, seed: UInt64(index))
            check(options, vocabulary: 700, seed: UInt64(index), spread: 0.1)
        }
    }

    @Test func keepsWhatIsLikelyEnough() {
        for (index, fraction) in [Float(0.001), 0.05, 0.5, 1].enumerated() {
            var options = SamplingOptions()
            options.minP = fraction
            check(options, vocabulary: 300, seed: UInt64(index))
        }
    }

    @Test func appliesTheFiltersOneAfterAnother() {
        var random = RandomStream(seed: 9)
        for seed in UInt64(0)..<20 {
            var options = SamplingOptions()
            options.temperature = Float(0.2 + random.nextUnit() * 2)
            options.topK = Int(random.next() % 60) + 1
            options.topP = Float(0.05 + 0.95 * random.nextUnit())
            options.minP = Float(random.nextUnit() * 0.1)
            check(options, vocabulary: 300, seed: seed, spread: 2)
        }
    }

    @Test(arguments: [false, true])
    func drawsAgainAsIfTheMaskHadBeenThereFromTheStart(strikesOutOneByOne: Bool) {
        var random = RandomStream(seed: 3)
        let row = random.nextRow(50, spread: 1)
        var masked = row
        for token in row.indices where token % 3 != 0 { masked[token] = -.infinity }
        let expected = ReferenceSampler().probabilities(masked)
        var fixture = Fixture(vocabulary: 50, seed: 8)
        var counts = Array(repeating: 0, count: 50)
        for _ in 0..<4000 {
            let token = fixture.sample(row, strikingOutOneByOne: strikesOutOneByOne) { $0 % 3 == 0 }
            if let token { counts[token] += 1 }
        }
        #expect(counts.reduce(0, +) == 4000)
        #expect(counts.indices.allSatisfy { counts[$0] == 0 || $0 % 3 == 0 })
        #expect(excess(of: counts, over: expected, draws: 4000) < 5)
    }
}
