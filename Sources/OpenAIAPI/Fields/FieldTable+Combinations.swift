package import ServingModel

extension FieldTable {
    /// Fields that some engines take one by one but not together.
    package struct Combination: Sendable {
        /// The field that an error names.
        package let param: String
        package let engines: [EngineKind]
        /// What is not taken, as a clause after "the engine … takes no".
        package let description: String
        package let endpoints: [Endpoint]
        private let isMet: @Sendable (_ options: GenerationOptions, _ echoes: Bool) -> Bool

        init(
            _ param: String, engines: [EngineKind], at endpoints: [Endpoint], _ description: String,
            isMet: @escaping @Sendable (_ options: GenerationOptions, _ echoes: Bool) -> Bool
        ) {
            self.param = param
            self.engines = engines
            self.endpoints = endpoints
            self.description = description
            self.isMet = isMet
        }

        func check(_ options: GenerationOptions, echoes: Bool, for engine: EngineKind) throws(APIError) {
            guard engines.contains(engine), isMet(options, echoes) else { return }
            throw .invalid(param, "the engine '\(engine.title)' takes no \(description)")
        }
    }

    package static let combinations: [Combination] = [
        Combination(
            "n", engines: [.vllm], at: [.chatCompletions, .completions],
            "`n` above 1 with a `temperature` of 0"
        ) { options, _ in options.choices > 1 && options.sampling.temperature == 0 },
        Combination(
            "echo", engines: [.trtllm], at: [.completions], "`echo` with `logprobs` and `stream`"
        ) { options, echoes in echoes && options.topLogprobs != nil && options.streaming != nil },
    ]

    /// Throws a 400 if an engine does not take what a request has together. O(1).
    static func checkCombinations(
        _ options: GenerationOptions, echoes: Bool = false, for engine: EngineKind
    ) throws(APIError) {
        for combination in combinations { try combination.check(options, echoes: echoes, for: engine) }
    }
}
