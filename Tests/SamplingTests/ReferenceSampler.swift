import Foundation
import Sampling
import ServingModel

/// What sampling options mean, written for plainness: the probability of every token, in double precision.
struct ReferenceSampler {
    var options = SamplingOptions()
    var prompt: [Int] = []
    var output: [Int] = []

    func adjusted(_ row: [Float]) -> [Double] {
        var logits = row.map { $0.isNaN ? -Double.infinity : Double($0) }
        for (token, bias) in options.logitBias { logits[Int(token.rawValue)] += Double(bias) }
        for token in Set(prompt + output) {
            let factor = Double(options.repetitionPenalty)
            logits[token] = logits[token] > 0 ? logits[token] / factor : logits[token] * factor
        }
        for token in Set(output) {
            let count = output.filter { $0 == token }.count
            logits[token] -= Double(options.presencePenalty) + Double(options.frequencyPenalty) * Double(count)
        }
        return logits
    }

    func probabilities(_ row: [Float]) -> [Double] {
        let logits = adjusted(row)
        var order = logits.indices.filter { logits[$0] > -.infinity }
            .sorted { (logits[$0], -$0) > (logits[$1], -$1) }
        var result = Array(repeating: 0.0, count: row.count)
        guard let best = order.first else { return result }
        if options.temperature == 0 {
            result[best] = 1
            return result
        }
        let weights = logits.map { exp(($0 - logits[best]) / Double(options.temperature)) }
        order = Array(order.prefix(options.topK ?? .max)).filter { weights[$0] >= Double(options.minP) }
        let total = order.reduce(0) { $0 + weights[$1] }
        var sum = 0.0
        var kept: [Int] = []
        for token in order where sum < Double(options.topP) * total {
            kept.append(token)
            sum += weights[token]
        }
        for token in kept { result[token] = weights[token] / sum }
        return result
    }
}
