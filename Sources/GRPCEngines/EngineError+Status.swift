import RPCTransport
import ServingModel

extension EngineError {
    /// What the early end of a call means. An end without an error is one too: the answer was not complete.
    init(_ status: RPCStatus, from address: RPCAddress) {
        switch status.code {
        case .ok: self = .unavailable("\(address) ended an answer that was not complete")
        case .invalidArgument, .outOfRange, .failedPrecondition:
            self = .invalid(field: "request", reason: "the engine refuses it: \(status.message)")
        case .unimplemented: self = .invalid(field: "model", reason: "its engine cannot do this: \(status.message)")
        case .deadlineExceeded: self = .deadlinePassed
        case .unavailable, .cancelled, .aborted, .resourceExhausted: self = .unavailable("\(address) said \(status)")
        default:
            self = status.isFromServer ? .broken("\(address) said \(status)") : .unavailable("\(address): \(status)")
        }
    }
}
