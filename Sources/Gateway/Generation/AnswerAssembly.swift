import OpenAIAPI
import OutputParsing

/// An answer in the making: reads text as it comes, and gathers its pieces until they are taken.
struct AnswerAssembly {
    /// What is ready and not taken yet; pieces of one kind that follow each other are one.
    private(set) var pieces: [MessageDelta] = []
    /// Tokens with which reasoning came. One that completes no text counts with what follows it.
    private(set) var reasoningTokens = 0

    private var parser: OutputParser
    private let showsReasoning: Bool
    private let callsMax: Int
    private let identifiers: CallIdentifiers
    private var deltas: [OutputDelta] = []
    /// The ids of the calls so far.
    private var ids: [String] = []
    private var undecidedTokens = 0
    private var content: [UInt8] = []

    /// - Parameter name: tells this answer from all others.
    init(_ reading: AnswerReading, name: String) {
        parser = reading.parser
        showsReasoning = reading.showsReasoning
        callsMax = reading.callsMax ?? .max
        identifiers = CallIdentifiers(answer: name, isShort: reading.hasShortCallIDs)
    }

    /// Takes the text of one token; the end of the answer if a stop string or the limit of calls ends it here.
    ///
    /// Only content is searched for stop strings, and not even that if `watchesStops` is false.
    mutating func take(_ text: [UInt8], matcher: inout StopMatcher, watchesStops: Bool) -> ChoiceEnd? {
        deltas.removeAll(keepingCapacity: true)
        parser.feed(text.span, into: &deltas)
        countToken()
        return keep(&matcher, watchesStops: watchesStops)
    }

    /// Takes the last text, and ends the answer.
    mutating func finish(_ text: [UInt8], matcher: inout StopMatcher, end: ChoiceEnd) -> ChoiceEnd {
        deltas.removeAll(keepingCapacity: true)
        parser.feed(text.span, into: &deltas)
        let ending = parser.finish(into: &deltas)
        if let early = keep(&matcher, watchesStops: true) { return early }
        release(&matcher)
        if end == .stop, case .toolCalls = ending { return .toolCalls }
        return end
    }

    mutating func takePieces() -> [MessageDelta] {
        defer { pieces = [] }
        return pieces
    }

    // MARK: Pieces

    private mutating func keep(_ matcher: inout StopMatcher, watchesStops: Bool) -> ChoiceEnd? {
        for delta in deltas {
            switch delta {
            case .content(let text):
                content.removeAll(keepingCapacity: true)
                if !watchesStops {
                    matcher.pass(text, into: &content)
                } else if matcher.feed(text, into: &content) {
                    append(.content, content)
                    return ids.isEmpty ? .stop : .toolCalls
                }
                append(.content, content)
            case .reasoning(let text):
                release(&matcher)
                if showsReasoning { append(.reasoning, text) }
            case .toolCall(let index, let id, let name):
                guard ids.count < callsMax else { return .toolCalls }
                release(&matcher)
                begin(call: index, ownID: id.map { String(decoding: $0, as: UTF8.self) }, name: name)
            case .arguments(let index, let text): append(.arguments(index: index), text)
            }
        }
        return nil
    }

    /// Models do not always count their calls, so their ids hold only where they tell calls apart.
    private mutating func begin(call index: Int, ownID: String?, name: [UInt8]) {
        let id = ownID.flatMap { $0.isEmpty || ids.contains($0) ? nil : $0 } ?? identifiers.id(of: index)
        ids.append(id)
        pieces.append(MessageDelta(.call(index: index, id: id), name))
    }

    /// Lets go of content that could have become a stop string, had more content followed.
    private mutating func release(_ matcher: inout StopMatcher) {
        guard matcher.isHolding else { return }
        content.removeAll(keepingCapacity: true)
        matcher.finish(into: &content)
        append(.content, content)
    }

    private mutating func append(_ kind: MessageDelta.Kind, _ text: [UInt8]) {
        if text.isEmpty { return }
        if pieces.last?.kind == kind {
            pieces[pieces.count - 1].text += text
        } else {
            pieces.append(MessageDelta(kind, text))
        }
    }

    private mutating func countToken() {
        guard !deltas.isEmpty else {
            undecidedTokens += 1
            return
        }
        let isReasoning = deltas.contains { if case .reasoning = $0 { true } else { false } }
        if isReasoning { reasoningTokens += undecidedTokens + 1 }
        undecidedTokens = 0
    }
}
