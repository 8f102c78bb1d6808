/// Where a dialect's `GenerateResponse` has what Drover reads of it.
struct ResponseLayout {
    /// What a field of a chunk or a completion is.
    enum Role: UInt8 {
        case other, tokens, choice, cachedTokens, logprobs, promptLogprobs, finishReason, matchedToken
    }

    /// The fields of one message, by number. All that matter are below 16.
    struct Fields {
        private var roles = InlineArray<16, Role>(repeating: .other)

        init(_ fields: KeyValuePairs<Int, Role>) {
            for (field, role) in fields { roles[field] = role }
        }

        @inline(__always) func role(_ field: Int) -> Role { field < 16 ? roles[field] : .other }
    }

    let chunkField: Int
    let completeField: Int
    let chunk: Fields
    let complete: Fields
    /// Whether log-probabilities are a message a token, and not arrays side by side.
    let hasLogprobsByToken: Bool

    init(_ dialect: EngineDialect) {
        switch dialect {
        case .vllm:
            chunkField = 1
            completeField = 2
            chunk = Fields([1: .tokens, 4: .cachedTokens, 5: .logprobs, 6: .promptLogprobs, 7: .choice])
            complete = Fields([
                1: .tokens, 2: .finishReason, 5: .cachedTokens, 6: .logprobs, 7: .promptLogprobs, 8: .choice,
                10: .matchedToken,
            ])
        case .sglang:
            chunkField = 2
            completeField = 3
            chunk = Fields([1: .tokens, 4: .cachedTokens, 5: .logprobs, 7: .promptLogprobs, 8: .choice])
            complete = Fields([
                1: .tokens, 2: .finishReason, 5: .cachedTokens, 6: .logprobs, 8: .matchedToken, 10: .promptLogprobs,
                11: .choice,
            ])
        case .trtllm:
            chunkField = 2
            completeField = 3
            chunk = Fields([1: .tokens, 2: .choice, 5: .cachedTokens, 6: .logprobs])
            complete = Fields([
                1: .tokens, 2: .choice, 3: .finishReason, 7: .cachedTokens, 8: .logprobs, 13: .matchedToken,
            ])
        }
        hasLogprobsByToken = dialect == .trtllm
    }
}
