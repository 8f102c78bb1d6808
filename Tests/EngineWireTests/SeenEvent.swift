import EngineWire
import JSONBytes
import ServingModel

/// An event in a form that can be compared, and read from fixtures.
enum SeenEvent: Equatable {
    case started(cachedTokens: Int, logprobs: [TokenLogprobs?])
    case token(choice: Int, TokenID, TokenLogprobs?)
    case finished(choice: Int, FinishReason)
    case unavailable, broken
    case other

    init(_ event: GenerationEvent) {
        switch event {
        case .started(_, let report): self = .started(cachedTokens: report.cachedTokens, logprobs: report.logprobs)
        case .token(_, let choice, let token): self = .token(choice: choice, token.id, token.logprobs)
        case .finished(_, let choice, let reason): self = .finished(choice: choice, reason)
        case .failed(_, .unavailable): self = .unavailable
        case .failed(_, .broken): self = .broken
        case .failed, .embedded: self = .other
        }
    }

    init(_ value: JSONValue) {
        let members = value.members
        let choice = members["choice"]?.integer ?? 0
        switch members["event"]?.string {
        case "started":
            self = .started(
                cachedTokens: members["cached"]?.integer ?? 0,
                logprobs: (members["prompt"]?.elements ?? []).map(Self.logprobs))
        case "token":
            self = .token(choice: choice, members["token"]?.token ?? TokenID(-1), Self.logprobs(members["logprobs"]))
        case "finished":
            self = .finished(choice: choice, members["stop"].map { .stop($0.token) } ?? .length)
        case "failed": self = members["error"] == "unavailable" ? .unavailable : .broken
        default: self = .other
        }
    }

    private static func logprobs(_ value: JSONValue?) -> TokenLogprobs? {
        guard let members = value?.members, let logprob = members["logprob"]?.float else { return nil }
        let top = (members["top"]?.elements ?? []).map { pair in
            (id: pair.elements[0].token, logprob: pair.elements[1].float ?? .nan)
        }
        return TokenLogprobs(logprob: logprob, top: top)
    }
}

extension GenerationReader {
    /// The events of one message.
    mutating func events(_ message: [UInt8]) throws(WireError) -> [SeenEvent] {
        var events: [GenerationEvent] = []
        do {
            try message.withUnsafeBytes { bytes in try read(bytes, into: &events) }
        } catch let error as WireError {
            throw error
        } catch {
            throw .malformed
        }
        return events.map { SeenEvent($0) }
    }
}
