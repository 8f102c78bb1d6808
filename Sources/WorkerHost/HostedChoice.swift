import EngineWire
import ServingModel

/// One choice of a generation on its way out.
struct HostedChoice {
    let index: Int
    /// What was not sent yet.
    private(set) var tokens: [TokenID] = []
    private(set) var logprobs: [TokenLogprobs] = []
    /// Tokens in all.
    private(set) var count = 0
    /// Set once it takes no more tokens.
    private(set) var end: GenerationPart.End?
    /// Whether a message of it was sent, and the last.
    private var hasBegun = false
    private(set) var isComplete = false
    private var watch: StopTextWatch?

    init(index: Int, watch: StopTextWatch?) {
        self.index = index
        self.watch = watch
    }

    /// Takes a token; true if a stop text is complete with it, and the choice has ended.
    mutating func append(_ token: GeneratedToken) -> Bool {
        guard end == nil else { return false }
        tokens.append(token.id)
        count += 1
        if let reported = token.logprobs { logprobs.append(reported) }
        guard let text = watch?.append(token.id) else { return false }
        end = .stop(matching: .text(text))
        return true
    }

    /// Ends it; `stopTokens` are the request's own, which engines name where one of them was the end.
    mutating func finish(_ reason: FinishReason, stopTokens: [TokenID]) {
        guard end == nil else { return }
        switch reason {
        case .stop(let token):
            // To clients of this protocol the token that ends is one of the completion's.
            tokens.append(token)
            count += 1
            end = .stop(matching: stopTokens.contains(token) ? .token(token) : nil)
        case .length: end = .length
        case .constraintComplete: end = .stop(matching: nil)
        }
    }

    mutating func abort() {
        if end == nil { end = .abort }
    }

    /// Appends a chunk of what is new, and the completion if it has ended, which says what is new once more.
    mutating func stream(
        _ writer: GenerationWriter, cachedTokens: Int, prompt: GenerationWriter.PromptLogprobs?,
        send: ([UInt8]) -> Void
    ) {
        guard !isComplete, !tokens.isEmpty || end != nil else { return }
        let part = GenerationPart(
            choice: index, tokens: tokens, logprobs: logprobs, completionTokens: tokens.count,
            cachedTokens: cachedTokens)
        var bytes: [UInt8] = []
        let opening = hasBegun ? nil : prompt
        if !tokens.isEmpty {
            writer.appendChunk(part, prompt: opening, to: &bytes)
            send(bytes)
            hasBegun = true
        }
        if let end {
            bytes.removeAll(keepingCapacity: true)
            writer.appendComplete(part, end, prompt: hasBegun ? nil : opening, to: &bytes)
            send(bytes)
            isComplete = true
        }
        tokens.removeAll(keepingCapacity: true)
        logprobs.removeAll(keepingCapacity: true)
    }

    /// The one message of a choice that is not streamed.
    mutating func whole(
        _ writer: GenerationWriter, cachedTokens: Int, prompt: GenerationWriter.PromptLogprobs?
    ) -> [UInt8] {
        let part = GenerationPart(
            choice: index, tokens: tokens, logprobs: logprobs, completionTokens: count, cachedTokens: cachedTokens)
        var bytes: [UInt8] = []
        writer.appendComplete(part, end ?? .abort, prompt: prompt, to: &bytes)
        isComplete = true
        return bytes
    }
}
