import EngineWire
import ServingModel

/// One choice of a mock generation, on its way.
struct MockChoice {
    let index: Int
    private let source: MockTokens
    /// Tokens so far: all of them where the completion needs them, else those of the last chunk.
    private(set) var tokens: [TokenID] = []
    private(set) var logprobs: [TokenLogprobs] = []
    private(set) var count = 0
    private(set) var end: GenerationPart.End?

    init(index: Int, _ source: MockTokens) {
        self.index = index
        self.source = source
    }

    /// Goes on by some tokens, at most to its end.
    mutating func advance(by chunk: Int, _ request: MockRequest, _ profile: MockProfile, keepsAll: Bool) {
        if !keepsAll {
            tokens.removeAll(keepingCapacity: true)
            logprobs.removeAll(keepingCapacity: true)
        }
        let room = profile.contextTokens - request.prompt.count
        let most = min(request.maxTokens ?? room, room)
        for _ in 0..<chunk where end == nil {
            if count >= most {
                end = .length
            } else if count >= profile.count, !request.ignoresEndOfSequence {
                stop(at: profile.endTokens.first, matching: nil, request)
            } else {
                let token = source.token(at: count, of: index)
                if request.stopTokens.contains(token) {
                    stop(at: token, matching: .token(token), request)
                } else {
                    append(token, request, profile)
                    if count == most { end = .length }
                }
            }
        }
    }

    private mutating func append(_ token: TokenID, _ request: MockRequest, _ profile: MockProfile) {
        tokens.append(token)
        count += 1
        if let top = request.topLogprobs {
            logprobs.append(MockLogprobs(vocabularySize: profile.vocabularySize).logprobs(of: token, top: top))
        }
    }

    private mutating func stop(at token: TokenID?, matching match: GenerationPart.Match?, _ request: MockRequest) {
        if let token, request.showsEndToken {
            tokens.append(token)
            count += 1
        }
        end = .stop(matching: match)
    }

    mutating func abort() { end = .abort }

    /// What a message says of it; `newTokens` at its end are what a chunk has.
    func part(_ dialect: EngineDialect, cachedTokens: Int, newTokens: Int? = nil) -> GenerationPart {
        let from = newTokens.map { max(tokens.count - $0, 0) } ?? 0
        let isAll = from == 0
        return GenerationPart(
            choice: index, tokens: isAll ? tokens : Array(tokens[from...]),
            logprobs: isAll ? logprobs : Array(logprobs.dropFirst(from)),
            // vLLM counts what is new, the others what there is.
            completionTokens: dialect == .vllm ? tokens.count - from : count, cachedTokens: cachedTokens)
    }
}
