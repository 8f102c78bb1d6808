/// The numbers of the fields in which a dialect answers a generation.
struct GenerationFields {
    /// Of what chunks and completions have in common; nil where a message has no such field.
    struct Common {
        var tokens, promptTokens, completionTokens, cachedTokens, index, logprobs: Int
        var promptLogprobs: Int?
    }

    var requestID: Int?
    /// Of the two kinds of message in a `GenerateResponse`.
    var chunk, complete: Int
    var inChunk, inComplete: Common
    var finishReason, matchedToken, matchedText: Int
    /// Whether each token has a message of its own with its log-probabilities; else a row of each is kept.
    var isLogprobPerToken = false

    init(_ dialect: EngineDialect) {
        switch dialect {
        case .vllm:
            (chunk, complete) = (1, 2)
            inChunk = Common(
                tokens: 1, promptTokens: 2, completionTokens: 3, cachedTokens: 4, index: 7, logprobs: 5,
                promptLogprobs: 6)
            inComplete = Common(
                tokens: 1, promptTokens: 3, completionTokens: 4, cachedTokens: 5, index: 8, logprobs: 6,
                promptLogprobs: 7)
            (finishReason, matchedToken, matchedText) = (2, 10, 11)
        case .sglang:
            (requestID, chunk, complete) = (1, 2, 3)
            inChunk = Common(
                tokens: 1, promptTokens: 2, completionTokens: 3, cachedTokens: 4, index: 8, logprobs: 5,
                promptLogprobs: 7)
            inComplete = Common(
                tokens: 1, promptTokens: 3, completionTokens: 4, cachedTokens: 5, index: 11, logprobs: 6,
                promptLogprobs: 10)
            (finishReason, matchedToken, matchedText) = (2, 8, 9)
        case .trtllm:
            (requestID, chunk, complete) = (1, 2, 3)
            inChunk = Common(
                tokens: 1, promptTokens: 3, completionTokens: 4, cachedTokens: 5, index: 2, logprobs: 6)
            inComplete = Common(
                tokens: 1, promptTokens: 5, completionTokens: 6, cachedTokens: 7, index: 2, logprobs: 8,
                promptLogprobs: 9)
            (finishReason, matchedToken, matchedText) = (3, 13, 4)
            isLogprobPerToken = true
        }
    }
}
