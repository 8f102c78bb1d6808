import ServingModel

/// A request on its way through a `ScriptedEngine`.
struct ScriptedRequest {
    let request: GenerationRequest
    let script: Script
    let consumer: any EventConsumer
    var openChoices: Set<Int>
    var isPaused = false
    var hasStarted = false
    /// Tokens that each open choice has given.
    var place = 0

    init(_ request: GenerationRequest, _ script: Script, _ consumer: any EventConsumer) {
        self.request = request
        self.script = script
        self.consumer = consumer
        openChoices = Set(0..<request.choices)
    }

    /// The events of one step.
    mutating func step(_ card: EngineCard) -> [GenerationEvent] {
        var events: [GenerationEvent] = []
        if !hasStarted {
            if case .beforeStart(let error) = script.failure { return fail(error) }
            hasStarted = true
            events.append(.started(request.id, report))
        }
        if case .afterTokens(place, let error) = script.failure { return events + fail(error) }
        for choice in openChoices.sorted() { events += step(choice, card) }
        place += 1
        return events
    }

    private mutating func fail(_ error: EngineError) -> [GenerationEvent] {
        openChoices = []
        return [.failed(request.id, error)]
    }

    private mutating func step(_ choice: Int, _ card: EngineCard) -> [GenerationEvent] {
        let finish = { [id = request.id] (reason: FinishReason) in
            GenerationEvent.finished(id, choice: choice, reason)
        }
        let room = min(request.stop.maxTokens, card.contextTokens - request.prompt.count)
        var events: [GenerationEvent] = []
        if place < room {
            guard let token = script.token(at: place, of: choice, request, vocabularySize: card.vocabularySize) else {
                openChoices.remove(choice)
                return [finish(script.end)]
            }
            if request.stop.stopTokens.contains(token) {
                openChoices.remove(choice)
                return [finish(.stop(token))]
            }
            let logprobs = request.topLogprobs.map { Self.logprobs(of: token, top: $0, card) }
            events.append(.token(request.id, choice: choice, GeneratedToken(id: token, logprobs: logprobs)))
        }
        if place + 1 >= room {
            openChoices.remove(choice)
            events.append(finish(.length))
        }
        return events
    }

    private var report: PromptReport {
        guard request.reportsPromptLogprobs else { return PromptReport(cachedTokens: script.cachedTokens) }
        let rest = request.prompt.dropFirst().map { TokenLogprobs(logprob: -1, top: [(id: $0, logprob: -1)]) }
        return PromptReport(cachedTokens: 0, logprobs: [nil] + rest)
    }

    private static func logprobs(of token: TokenID, top: Int, _ card: EngineCard) -> TokenLogprobs {
        let likeliest = (0..<top).map { rank in
            (id: TokenID((token.rawValue + Int32(rank)) % Int32(card.vocabularySize)), logprob: -0.5 - Float(rank))
        }
        return TokenLogprobs(logprob: -0.5, top: likeliest)
    }
}
