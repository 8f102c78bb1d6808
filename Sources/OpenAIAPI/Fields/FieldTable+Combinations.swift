package import ServingModel

extension FieldTable {
    /// A field that some engines take by itself but not together with others.
    package struct Combination: Sendable {
        package let param: String
        package let engines: [EngineKind]
        /// With what they do not take it, from "with" on.
        package let condition: String
        package let reason: String
        package let endpoints: [Endpoint]
        private let isMet: @Sendable (_ options: GenerationOptions, _ echoes: Bool) -> Bool

        init(
            _ param: String, _ condition: String, engines: [EngineKind], at endpoints: [Endpoint],
            because reason: String,
            isMet: @escaping @Sendable (_ options: GenerationOptions, _ echoes: Bool) -> Bool
        ) {
            self.param = param
            self.condition = condition
            self.engines = engines
            self.endpoints = endpoints
            self.reason = reason
            self.isMet = isMet
        }

        func check(_ options: GenerationOptions, echoes: Bool, for engine: EngineKind) throws(APIError) {
            guard engines.contains(engine), isMet(options, echoes) else { return }
            throw .unsupported(param, by: engine, condition, because: reason)
        }
    }

    package static let combinations: [Combination] = [
        Combination(
            "seed", "with a `temperature` above 0", engines: [.sglang], at: [.chatCompletions, .completions],
            because: "its protocol has no seed"
        ) { options, _ in options.sampling.seed != nil && options.sampling.temperature > 0 },
        Combination(
            "min_tokens", "with `stop_token_ids`", engines: [.trtllm], at: [.chatCompletions, .completions],
            because: "it would stop at them before that"
        ) { options, _ in options.minTokens > 0 && !options.stopTokens.isEmpty },
        Combination(
            "echo", "with `logprobs`", engines: [.trtllm], at: [.completions],
            because: "it does not tell which log-probability is of which token of the prompt"
        ) { options, echoes in echoes && options.topLogprobs != nil },
    ]

    /// Throws a 400 if an engine does not take what a request has together. O(1).
    static func checkCombinations(
        _ options: GenerationOptions, echoes: Bool = false, for engine: EngineKind
    ) throws(APIError) {
        for combination in combinations { try combination.check(options, echoes: echoes, for: engine) }
    }
}
