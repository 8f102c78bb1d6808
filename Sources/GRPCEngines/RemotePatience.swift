import RPCTransport
import ServingModel

/// How long the engine is waited for.
struct RemotePatience {
    private let address: RPCAddress
    private let silenceSeconds: Double

    init(_ subject: RemoteEngine.Subject) {
        address = subject.endpoint.address
        silenceSeconds = subject.limits.silenceSeconds
    }

    /// When the engine must have begun to answer. What is not streamed comes whole, some time after it has begun.
    func deadline(of request: GenerationRequest) -> Moment? {
        guard !request.isStreamed else { return request.queueDeadline }
        return request.queueDeadline?.advanced(bySeconds: silenceSeconds)
    }

    /// Why a request is given up now; nil if it is not.
    func error(of live: RemoteCall, now: Moment) -> EngineError? {
        guard live.hasBegun else { return live.deadline.map { $0 <= now } == true ? .deadlinePassed : nil }
        guard !live.isPaused, now.seconds(since: live.heard) > silenceSeconds else { return nil }
        return .unavailable("\(address) was silent for \(Int(silenceSeconds)) s")
    }
}
