import ServingModel

/// The tokens that a sequence has seen, as the penalties need them: O(1) to add one, O(different tokens) to apply.
struct TokenHistory: Sendable {
    private let options: SamplingOptions
    private let vocabularySize: Int
    private var places: [Int32: Int] = [:]
    private var entries: [(token: Int32, generated: Int32)] = []

    init(options: SamplingOptions, vocabularySize: Int) {
        self.options = options
        self.vocabularySize = vocabularySize
    }

    private var penalisesRepetition: Bool { options.repetitionPenalty != 1 }
    private var penalisesOutput: Bool { options.presencePenalty != 0 || options.frequencyPenalty != 0 }

    mutating func addPrompt(_ tokens: some Sequence<TokenID>) {
        guard penalisesRepetition else { return }
        for token in tokens { add(token, generated: 0) }
    }

    mutating func addGenerated(_ token: TokenID) {
        guard penalisesRepetition || penalisesOutput else { return }
        add(token, generated: 1)
    }

    private mutating func add(_ token: TokenID, generated: Int32) {
        guard token.rawValue >= 0, Int(token.rawValue) < vocabularySize else { return }
        if let place = places[token.rawValue] {
            entries[place].generated += generated
        } else {
            places[token.rawValue] = entries.count
            entries.append((token.rawValue, generated))
        }
    }

    func penalise(_ logits: UnsafeMutableBufferPointer<Float>) {
        for entry in entries {
            var logit = logits[Int(entry.token)]
            if penalisesRepetition {
                logit = logit > 0 ? logit / options.repetitionPenalty : logit * options.repetitionPenalty
            }
            if entry.generated > 0 {
                logit -= options.presencePenalty + options.frequencyPenalty * Float(entry.generated)
            }
            logits[Int(entry.token)] = logit
        }
    }
}
