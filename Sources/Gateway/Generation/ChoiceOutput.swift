package import OpenAIAPI
package import ServingModel
package import Tokenization

/// One choice of a request on its way from tokens to text.
package struct ChoiceOutput {
    /// Tokens that were generated, the one that ended the text included.
    package private(set) var tokenCount = 0
    package private(set) var end: ChoiceEnd?
    /// Whether the end has been written to a stream.
    var isReported = false
    /// Text that is ready and not taken yet.
    package private(set) var text: [UInt8] = []
    /// Log-probabilities of tokens whose text is ready and not taken yet.
    package private(set) var reports: [TokenReport] = []
    /// Where the next token's text begins, in characters of the choice's text.
    package private(set) var textOffset = 0

    private var detokenizer: StreamingDetokenizer
    private var matcher: StopMatcher
    private let minTokens: Int
    private var fresh: [UInt8] = []
    /// Reports whose text is not all released, each with the offset at which its text ends.
    private var heldReports: [(end: Int, report: TokenReport)] = []
    private var detokenizedBytes = 0
    private var releasedBytes = 0

    package init(tokenizer: any Tokenizer, options: GenerationOptions) {
        detokenizer = StreamingDetokenizer(tokenizer.vocabulary)
        matcher = StopMatcher(options.stopStrings)
        minTokens = options.minTokens
    }

    /// Takes a token; true when a stop string is complete with it, so that the choice has ended.
    package mutating func take(_ token: GeneratedToken, report: TokenReport?) -> Bool {
        tokenCount += 1
        fresh.removeAll(keepingCapacity: true)
        detokenizer.append(token.id, to: &fresh)
        detokenizedBytes += fresh.count
        if let report { heldReports.append((detokenizedBytes, report)) }
        textOffset += fresh.characterCount
        let before = text.count
        if tokenCount < minTokens {
            matcher.pass(fresh, into: &text)
        } else if matcher.feed(fresh, into: &text) {
            end = .stop
        }
        release(text.count - before)
        return end != nil
    }

    /// Ends the choice as the engine says.
    package mutating func finish(_ reason: FinishReason) {
        guard end == nil else { return }
        if case .stop = reason { tokenCount += 1 }
        fresh.removeAll(keepingCapacity: true)
        detokenizer.finish(into: &fresh)
        let before = text.count
        if matcher.feed(fresh, into: &text) {
            end = .stop
        } else {
            matcher.finish(into: &text)
            end = ChoiceEnd(reason)
        }
        release(text.count - before)
        if !matcher.hasStopped {
            reports += heldReports.map(\.report)
            heldReports = []
        }
    }

    /// Puts an echoed prompt in front.
    package mutating func begin(with prompt: some Sequence<UInt8>, reports promptReports: [TokenReport]) {
        text.append(contentsOf: prompt)
        textOffset += text.characterCount
        reports += promptReports
    }

    /// Hands out the text and the reports that are ready, and forgets them.
    package mutating func clearTaken() {
        text.removeAll(keepingCapacity: true)
        reports.removeAll(keepingCapacity: true)
    }

    private mutating func release(_ count: Int) {
        releasedBytes += count
        guard !heldReports.isEmpty else { return }
        let ready = heldReports.prefix { $0.end <= releasedBytes }
        reports += ready.map(\.report)
        heldReports.removeFirst(ready.count)
    }
}
