package import ServingModel

/// What has become of one request, gathered from its events.
package struct RequestOutcome: Sendable {
    package private(set) var reports: [PromptReport] = []
    package private(set) var tokens: [Int: [GeneratedToken]] = [:]
    package private(set) var ends: [Int: FinishReason] = [:]
    package private(set) var failure: EngineError?
    /// Whether the events came in an order that the protocol does not allow, and which.
    package private(set) var disorder: String?
    /// Where in the recorded events the request's own are.
    package private(set) var positions: [Int] = []

    package init(of request: RequestID, in events: [GenerationEvent]) {
        for (position, event) in events.enumerated() {
            switch event {
            case .started(request, let report):
                note(position, disorderIf: !reports.isEmpty, "started twice")
                reports.append(report)
            case .token(request, let choice, let token):
                note(position, disorderIf: reports.isEmpty || ends[choice] != nil, "a token before or behind its time")
                tokens[choice, default: []].append(token)
            case .finished(request, let choice, let reason):
                note(position, disorderIf: reports.isEmpty || ends[choice] != nil, "finished before or behind its time")
                ends[choice] = reason
            case .failed(request, let error):
                note(position, disorderIf: false, "")
                failure = error
            default: break
            }
        }
    }

    package func ids(of choice: Int = 0) -> [TokenID] { tokens[choice, default: []].map(\.id) }

    private mutating func note(_ position: Int, disorderIf isOff: Bool, _ what: String) {
        positions.append(position)
        if failure != nil { disorder = "an event behind a failure" } else if isOff { disorder = what }
    }
}
