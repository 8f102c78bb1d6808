import JSONBytes
import ServingModel

/// A model's own sampling options, as engines report those of its `generation_config.json`.
enum SamplingDefaults {
    /// - Parameter text: a JSON object; members that are no sampling options are for the engine itself.
    static func read(_ text: String?) throws -> SamplingOptions {
        var options = SamplingOptions()
        guard let text, case .object(let members) = try JSONValue(parsing: Array(text.utf8)) else { return options }
        func number(_ name: String, in range: ClosedRange<Double>) -> Float? {
            let value: Double? =
                switch members[name] {
                case .integer(let value)?: Double(value)
                case .double(let value)?: value
                default: nil
                }
            return value.flatMap { range.contains($0) ? Float($0) : nil }
        }
        options.temperature = number("temperature", in: 0...2) ?? options.temperature
        options.topP = number("top_p", in: 1e-6...1) ?? options.topP
        options.topK = number("top_k", in: 1...1e9).map { Int($0) } ?? options.topK
        options.minP = number("min_p", in: 0...1) ?? options.minP
        options.repetitionPenalty = number("repetition_penalty", in: 1e-6...2) ?? options.repetitionPenalty
        return options
    }
}
