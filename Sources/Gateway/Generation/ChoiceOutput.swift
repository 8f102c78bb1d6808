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
    /// Text that is ready and not taken yet; always empty if the answer is read for its parts.
    package private(set) var text: [UInt8] = []
    /// Log-probabilities of tokens whose text is ready and not taken yet.
    package private(set) var reports: [TokenReport] = []
    /// Where the next token's text begins, in characters of the choice's text.
    package private(set) var textOffset = 0

    /// Nil if the answer is text and nothing else.
    private var answer: AnswerAssembly?
    private let markers: Set<TokenID>
    private var detokenizer: StreamingDetokenizer
    private var matcher: StopMatcher
    private let minTokens: Int
    private var fresh: [UInt8] = []
    /// Reports whose text is not all released, each with the offset at which its text ends.
    private var heldReports: [(end: Int, report: TokenReport)] = []
    private var detokenizedBytes = 0
    private var releasedBytes = 0

    /// - Parameters:
    ///   - reading: how the answer is told apart; nil if it is text and nothing else.
    ///   - name: tells this choice from all others, of other responses too.
    package init(
        tokenizer: any Tokenizer, options: GenerationOptions, reading: AnswerReading? = nil, name: String = ""
    ) {
        answer = reading.map { AnswerAssembly($0, name: name) }
        markers = reading?.markers ?? []
        detokenizer = StreamingDetokenizer(tokenizer.vocabulary, shownControlTokens: markers)
        matcher = StopMatcher(options.stopStrings)
        minTokens = options.minTokens
    }

    /// Takes a token; true when a stop string is complete with it, so that the choice has ended.
    package mutating func take(_ token: GeneratedToken, report: TokenReport?) -> Bool {
        tokenCount += 1
        fresh.removeAll(keepingCapacity: true)
        detokenizer.append(token.id, to: &fresh)
        if answer != nil { return takePart(report) }
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
        fresh.removeAll(keepingCapacity: true)
        if case .stop(let token) = reason {
            tokenCount += 1
            if markers.contains(token) { detokenizer.append(token, to: &fresh) }
        }
        close(ChoiceEnd(reason))
    }

    /// Ends the choice where it is.
    package mutating func abort() {
        guard end == nil else { return }
        fresh.removeAll(keepingCapacity: true)
        close(.abort)
    }

    /// Lets go of what was held back, behind `fresh`.
    private mutating func close(_ reason: ChoiceEnd) {
        detokenizer.finish(into: &fresh)
        if answer != nil { return finishParts(reason) }
        let before = text.count
        if matcher.feed(fresh, into: &text) {
            end = .stop
        } else {
            matcher.finish(into: &text)
            end = reason
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

    // MARK: Answers of several parts

    /// Whether the answer is pieces rather than text.
    package var hasPieces: Bool { answer != nil }

    /// Tokens of reasoning; nil if the answer is text and nothing else.
    package var reasoningTokens: Int? { answer?.reasoningTokens }

    /// Pieces that are ready and not taken yet.
    package var pieces: [MessageDelta] { answer?.pieces ?? [] }

    /// Hands out the pieces that are ready.
    package mutating func takePieces() -> [MessageDelta] { answer?.takePieces() ?? [] }

    private mutating func takePart(_ report: TokenReport?) -> Bool {
        if let report { heldReports.append((0, report)) }
        end = answer?.take(fresh, matcher: &matcher, watchesStops: tokenCount >= minTokens)
        if end == nil { releaseReports() }
        return end != nil
    }

    private mutating func finishParts(_ reason: ChoiceEnd) {
        end = answer?.finish(fresh, matcher: &matcher, end: reason)
        if !matcher.hasStopped { releaseReports() }
    }

    /// Reports go with the pieces that are ready, but for those of tokens that may belong to a stop string.
    private mutating func releaseReports() {
        guard !heldReports.isEmpty, !matcher.isHolding else { return }
        reports += heldReports.map(\.report)
        heldReports = []
    }

    private mutating func release(_ count: Int) {
        releasedBytes += count
        guard !heldReports.isEmpty else { return }
        let ready = heldReports.prefix { $0.end <= releasedBytes }
        reports += ready.map(\.report)
        heldReports.removeFirst(ready.count)
    }
}
