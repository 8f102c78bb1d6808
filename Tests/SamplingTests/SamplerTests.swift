import Sampling
import ServingModel
import Testing

struct SamplerTests {
    private let greedy = {
        var options = SamplingOptions()
        options.temperature = 0
        return options
    }()

    @Test func takesTheLikeliestTokenAtTemperatureZero() {
        var random = RandomStream(seed: 1)
        for vocabulary in [1, 2, 15, 16, 17, 127, 128, 129, 1000, 4099] {
            var fixture = Fixture(vocabulary: vocabulary, options: greedy)
            for _ in 0..<20 {
                let row = random.nextRow(vocabulary)
                #expect(fixture.sample(row) == row.firstIndex(of: row.max() ?? 0))
            }
        }
    }

    @Test func takesTheLowestOfTokensThatTie() {
        var options = SamplingOptions()
        options.topK = 1
        for options in [greedy, options] {
            var fixture = Fixture(vocabulary: 400, options: options)
            var row = Array(repeating: Float(0), count: 400)
            #expect(fixture.sample(row) == 0)
            row[130] = 2
            row[399] = 2
            #expect(fixture.sample(row) == 130)
        }
    }

    @Test func breaksTiesAtTheEdgeOfAFilterByTheLowerToken() {
        var topK = SamplingOptions()
        topK.topK = 3
        var topP = SamplingOptions()
        topP.topP = 0.005
        for (options, kept) in [(topK, 3), (topP, 2)] {
            var fixture = Fixture(vocabulary: 300, options: options)
            let row = Array(repeating: Float(-1.5), count: 300)
            let chosen = Set((0..<300).map { _ in fixture.sample(row) })
            #expect(chosen == Set((0..<kept).map(Optional.init)))
        }
    }

    @Test func givesTheSameTokensForTheSameSeed() {
        var options = SamplingOptions()
        options.topP = 0.9
        func tokens(seed: UInt64) -> [Int?] {
            var random = RandomStream(seed: 4)
            var fixture = Fixture(vocabulary: 200, options: options, seed: seed)
            return (0..<50).map { _ in fixture.sample(random.nextRow(200), allowing: { $0 % 2 == 0 }) }
        }
        #expect(tokens(seed: 7) == tokens(seed: 7))
        #expect(tokens(seed: 7) != tokens(seed: 8))
    }

    @Test func keepsChoosingWhatItChoseInTheFirstRelease() {
        var options = SamplingOptions()
        options.temperature = 0.8
        options.topK = 50
        options.topP = 0.95
        options.minP = 0.01
        var random = RandomStream(seed: 11)
        var fixture = Fixture(vocabulary: 2000, options: options, seed: 42)
        let tokens = (0..<8).map { _ in fixture.sample(random.nextRow(2000, spread: 2)) }
        #expect(tokens == [241, 989, 1658, 1867, 1901, 1508, 1153, 1786])
    }

    @Test func penalisesWhatWasSeen() {
        var random = RandomStream(seed: 5)
        for _ in 0..<50 {
            var reference = ReferenceSampler(options: greedy)
            reference.options.repetitionPenalty = Float(0.5 + random.nextUnit())
            reference.options.presencePenalty = random.nextNormal()
            reference.options.frequencyPenalty = random.nextNormal()
            reference.options.logitBias = [TokenID(3): 2, TokenID(39): -1.5]
            reference.prompt = (0..<10).map { _ in Int(random.next() % 40) }
            var fixture = Fixture(vocabulary: 40, options: reference.options)
            fixture.sampler.observePrompt(reference.prompt.map(TokenID.init))
            for _ in 0..<20 {
                let row = random.nextRow(40)
                #expect(fixture.sample(row) == reference.probabilities(row).firstIndex(of: 1))
                let next = Int(random.next() % 40)
                fixture.sampler.accept(TokenID(next))
                reference.output.append(next)
            }
        }
    }

    @Test func forbidsEndingsBeforeTheLeastNumberOfTokens() {
        var stop = StopConditions(maxTokens: 10)
        stop.minTokens = 2
        stop.stopTokens = [TokenID(5)]
        var fixture = Fixture(vocabulary: 8, options: greedy, stop: stop, endTokens: [6])
        let row: [Float] = [0, 1, 2, 3, 4, 9, 8, 7]
        for _ in 0..<2 {
            #expect(fixture.sample(row) == 7)
            fixture.sampler.accept(TokenID(7))
        }
        #expect(fixture.sample(row) == 5)

        stop.ignoresEndOfSequence = true
        fixture = Fixture(vocabulary: 8, options: greedy, stop: stop, endTokens: [6])
        #expect(fixture.sample(row) == 6, "an end-of-sequence token is an ordinary one; a stop token is not")
    }

    @Test func forbidsTokensForOneStep() {
        var fixture = Fixture(vocabulary: 4, options: greedy)
        let row: [Float] = [0, 1, 2, 3]
        #expect(fixture.sample(row, forbidding: [TokenID(3), TokenID(2), TokenID(-1), TokenID(4)]) == 1)
        #expect(fixture.sample(row) == 3)
    }

    @Test func passesOverTokensOutsideTheVocabulary() {
        var options = greedy
        options.logitBias = [TokenID(-1): 5, TokenID(100): 5]
        options.presencePenalty = 1
        var stop = StopConditions(maxTokens: 1)
        stop.minTokens = 9
        stop.stopTokens = [TokenID(-7), TokenID(4)]
        var fixture = Fixture(vocabulary: 4, options: options, stop: stop, endTokens: [1000])
        fixture.sampler.accept(TokenID(1 << 20))
        #expect(fixture.sample([0, 1, 0, 0]) == 1)
    }

    @Test func choosesNothingWhereNothingIsPossible() {
        var filtered = SamplingOptions()
        filtered.topK = 2
        filtered.topP = 0.5
        for options in [greedy, SamplingOptions(), filtered] {
            var fixture = Fixture(vocabulary: 20, options: options)
            #expect(fixture.sample(Array(repeating: -.infinity, count: 20)) == nil)
            #expect(fixture.sample(Array(repeating: .nan, count: 20)) == nil)
        }
    }

    @Test func choosesWhatIsPossibleInOddRows() {
        var filtered = SamplingOptions()
        filtered.topK = 3
        filtered.topP = 0.999
        filtered.minP = 0.001
        var cold = SamplingOptions()
        cold.temperature = 2e-5
        var hot = SamplingOptions()
        hot.temperature = .greatestFiniteMagnitude
        for options in [greedy, SamplingOptions(), filtered, cold, hot] {
            var fixture = Fixture(vocabulary: 300, options: options)
            for odd in [Float.nan, -.infinity] {
                for token in [0, 17, 299] {
                    var row = Array(repeating: odd, count: 300)
                    row[token] = -3e38
                    #expect(fixture.sample(row) == token)
                    row[token] = 3e38
                    #expect(fixture.sample(row) == token)
                    row[token] = .infinity
                    #expect(fixture.sample(row) == token)
                }
            }
        }
    }
}
