package import ServingModel

/// Turns the messages of one `Generate` call into events.
///
/// What the engines' servers do, read from their sources:
/// - The token that ends a choice is among its tokens: in a chunk, before the completion says why the choice ended. So
///   a token that may end a choice is held back until the next message of that choice. TensorRT-LLM leaves it in only
///   if asked to, which Drover does; from a version that cannot, the end token is named after the fact.
/// - The completion of a stream repeats tokens: those of the last chunk (vLLM, SGLang), or all (TensorRT-LLM). Its
///   tokens count only if none came before.
/// - vLLM and SGLang end each choice with a completion of its own as soon as it ends; TensorRT-LLM ends all at once. SGLang
///   does not say of which choice a completion is if the request is not streamed: they come in order.
/// - Log-probabilities come with the tokens they are of; the prompt's with the first message of each choice.
/// - `cached_tokens` is how many of the prompt's tokens were in the prefix cache when the request began. SGLang computes
///   the prompt of a request for several choices apart and reports what they find then, which is nearly all of it.
///
/// A chunk without log-probabilities is read without allocating. It is a value, for one call, and reads whatever bytes
/// come without trapping.
package struct GenerationReader {
    /// What the engine counts as one choice.
    private struct Stream {
        /// The last token if it may have ended the choice.
        var held: GeneratedToken?
        var hasTokens = false
        var hasEnded = false
    }

    private let id: RequestID
    private let layout: ResponseLayout
    private let isStreamed: Bool
    private let topLogprobs: Int?
    private let promptTokens: Int
    private let reportsPromptLogprobs: Bool
    /// Whether the engine generates a token that nobody asked for, because it cannot generate none.
    private let dropsTokens: Bool
    private let endTokens: [TokenID]
    /// What a choice ended with if the engine does not say.
    private let likeliestEnd: TokenID

    private var streams: [Stream]
    /// Whether events of each choice are still wanted.
    private var isOpen: [Bool]
    private var openChoices: Int
    private var hasStarted = false
    // What the message at hand consists of; here so that the memory is used again.
    private var tokenRanges: [Range<Int>] = []
    private var logprobRanges: [Range<Int>] = []
    private var logprobs: [LogprobsEntry] = []

    /// - Parameters:
    ///   - request: what `appendGenerate` was given.
    ///   - endTokens: likewise.
    package init(dialect: EngineDialect, request: GenerationRequest, endTokens: [TokenID]) {
        id = request.id
        layout = ResponseLayout(dialect)
        isStreamed = request.isStreamed
        topLogprobs = request.topLogprobs
        promptTokens = request.prompt.count
        reportsPromptLogprobs = request.reportsPromptLogprobs
        dropsTokens = request.stop.maxTokens == 0
        self.endTokens = request.endTokens(with: endTokens)
        likeliestEnd = endTokens.first ?? request.stop.stopTokens.first ?? TokenID(0)
        streams = Array(repeating: Stream(), count: request.choicesToCompute)
        isOpen = Array(repeating: true, count: request.choices)
        openChoices = request.choices
    }

    /// Whether every choice has finished, so that the call may end: one that ends earlier has broken off.
    package var isComplete: Bool { openChoices == 0 }

    /// Ends a choice from this side: nothing of it is reported from now on, and it counts as finished.
    package mutating func cancel(choice: Int) {
        guard isOpen.indices.contains(choice), isOpen[choice] else { return }
        isOpen[choice] = false
        openChoices -= 1
    }

    /// Reads a whole message, and appends the events that come of it.
    ///
    /// Throws if the message is not what it should be; the call is of no use any more then, whatever was appended.
    package mutating func read(
        _ message: UnsafeRawBufferPointer, into events: inout [GenerationEvent]
    ) throws(WireError) {
        var cursor = WireCursor(message)
        while !cursor.isAtEnd {
            let (field, type) = try cursor.tag()
            if field == layout.chunkField, type == .lengthDelimited {
                try readChunk(cursor.part(try cursor.range()), into: &events)
            } else if field == layout.completeField, type == .lengthDelimited {
                try readCompletion(cursor.part(try cursor.range()), into: &events)
            } else {
                try cursor.skip(type)
            }
        }
    }

    // MARK: Messages

    private mutating func readChunk(
        _ cursor: WireCursor, into events: inout [GenerationEvent]
    ) throws(WireError) {
        let part = try ResponsePart(cursor, layout.chunk, tokens: &tokenRanges, logprobs: &logprobRanges)
        guard part.choice < streams.count else { throw .choice }
        guard !streams[part.choice].hasEnded else { throw .afterEnd }
        guard !tokenRanges.isEmpty else { return }
        try start(part, cursor, into: &events)
        try readTokens(cursor, of: part.choice, into: &events)
    }

    private mutating func readCompletion(
        _ cursor: WireCursor, into events: inout [GenerationEvent]
    ) throws(WireError) {
        let part = try ResponsePart(cursor, layout.complete, tokens: &tokenRanges, logprobs: &logprobRanges)
        guard part.choice < streams.count else { throw .choice }
        var choice = part.choice
        if streams[choice].hasEnded, !isStreamed {
            choice = streams.firstIndex { !$0.hasEnded } ?? choice
        }
        guard !streams[choice].hasEnded else { throw .afterEnd }
        switch part.finish {
        case .aborted: return fail(.unavailable("the engine aborted the request"), into: &events)
        case .failed: return fail(.broken("the engine failed while it generated"), into: &events)
        case .stop, .length: break
        }
        try start(part, cursor, into: &events)
        if !streams[choice].hasTokens { try readTokens(cursor, of: choice, into: &events) }
        finish(choice, part, into: &events)
    }

    // MARK: Parts of messages

    private mutating func start(
        _ part: ResponsePart, _ cursor: WireCursor, into events: inout [GenerationEvent]
    ) throws(WireError) {
        guard !hasStarted else { return }
        var report = PromptReport(cachedTokens: min(part.cachedTokens, promptTokens))
        if reportsPromptLogprobs {
            guard let range = part.promptLogprobs else { throw .promptLogprobs }
            report.logprobs = try cursor.part(range).promptLogprobs(top: topLogprobs ?? 0)
            guard report.logprobs.count == promptTokens else { throw .promptLogprobs }
        }
        hasStarted = true
        if !isComplete { events.append(.started(id, report)) }
    }

    private mutating func readTokens(
        _ cursor: WireCursor, of stream: Int, into events: inout [GenerationEvent]
    ) throws(WireError) {
        try readLogprobs(cursor)
        streams[stream].hasTokens = true
        var entry = 0
        for index in tokenRanges.indices {
            var tokens = cursor.part(tokenRanges[index])
            while !tokens.isAtEnd {
                let token = try tokens.token()
                if entry < logprobs.count, logprobs[entry].token == token {
                    deliver(GeneratedToken(id: token, logprobs: logprobs[entry].logprobs), of: stream, into: &events)
                    entry += 1
                } else {
                    deliver(GeneratedToken(id: token), of: stream, into: &events)
                }
            }
        }
    }

    private mutating func readLogprobs(_ cursor: WireCursor) throws(WireError) {
        logprobs.removeAll(keepingCapacity: true)
        guard let topLogprobs else { return }
        for range in logprobRanges {
            let message = cursor.part(range)
            if layout.hasLogprobsByToken {
                logprobs.append(try message.tokenLogprobs(top: topLogprobs))
            } else {
                try message.readOutputLogprobs(top: topLogprobs, into: &logprobs)
            }
        }
    }

    // MARK: Events

    @inline(__always)
    private mutating func deliver(
        _ token: GeneratedToken, of stream: Int, into events: inout [GenerationEvent]
    ) {
        guard !dropsTokens else { return }
        if let held = streams[stream].held {
            streams[stream].held = nil
            report(held, of: stream, into: &events)
        }
        if endTokens.contains(where: { $0.rawValue == token.id.rawValue }) {
            streams[stream].held = token
        } else {
            report(token, of: stream, into: &events)
        }
    }

    private mutating func finish(_ stream: Int, _ part: ResponsePart, into events: inout [GenerationEvent]) {
        streams[stream].hasEnded = true
        let held = streams[stream].held
        var reason = FinishReason.length
        if part.finish == .stop, !dropsTokens {
            reason = .stop(held?.id ?? part.matchedToken ?? likeliestEnd)
        } else if let held {
            // The limit was reached with it.
            report(held, of: stream, into: &events)
        }
        for choice in choices(of: stream) where isOpen[choice] {
            events.append(.finished(id, choice: choice, reason))
            cancel(choice: choice)
        }
    }

    private mutating func fail(_ error: EngineError, into events: inout [GenerationEvent]) {
        guard !isComplete else { return }
        events.append(.failed(id, error))
        for choice in isOpen.indices { cancel(choice: choice) }
    }

    @inline(__always)
    private func report(_ token: GeneratedToken, of stream: Int, into events: inout [GenerationEvent]) {
        for choice in choices(of: stream) where isOpen[choice] {
            events.append(.token(id, choice: choice, token))
        }
    }

    /// The choices that get what the engine computes as one.
    @inline(__always)
    private func choices(of stream: Int) -> Range<Int> {
        streams.count == 1 ? isOpen.indices : stream..<stream + 1
    }
}
