import EngineWire
import ServingModel

/// Log-probabilities as a mock engine makes them up: each token is the likeliest, and those after it follow.
struct MockLogprobs {
    let vocabularySize: Int

    func logprobs(of token: TokenID, top: Int) -> TokenLogprobs {
        let likeliest = (0..<top).map { rank in
            (id: TokenID((token.rawValue + Int32(rank)) % Int32(vocabularySize)), logprob: -0.5 - Float(rank))
        }
        return TokenLogprobs(logprob: -0.5, top: likeliest)
    }

    func prompt(_ tokens: [TokenID], top: Int) -> GenerationWriter.PromptLogprobs {
        GenerationWriter.PromptLogprobs(
            tokens: tokens,
            logprobs: tokens.enumerated().map { at, token in at == 0 ? nil : logprobs(of: token, top: top) })
    }
}
