import RPCTransport

/// The standard service that probes ask: `grpc.health.v1.Health`.
enum HealthService {
    static let name = "grpc.health.v1.Health"

    private enum Status: UInt8 {
        case serving = 1
        case notServing = 2
        case serviceUnknown = 3
    }

    /// Answers Check and Watch. Watch says the present status once and ends, as vLLM's servicer does.
    ///
    /// Known are the whole server, whose name is empty, and the `engineService`.
    static func answer(
        _ call: RPCServerCall, method: String, _ message: [UInt8], engineService: String, isServing: Bool
    ) {
        let service = requestedService(message)
        let isKnown = service.map { $0.isEmpty || $0.elementsEqual(engineService.utf8) } ?? false
        let status: Status = isKnown ? (isServing ? .serving : .notServing) : .serviceUnknown
        switch method {
        case "Check" where !isKnown: call.finish(RPCStatus(.notFound, "there is no such service"))
        case "Check", "Watch":
            // Field 1, an enumeration.
            call.send([1 << 3, status.rawValue])
            call.finish(.ok)
        default: call.finish(RPCStatus(.unimplemented, "\(name) has no method \(method)"))
        }
    }

    /// `HealthCheckRequest` has one field: the service's name. Nil if the message is something else.
    private static func requestedService(_ message: [UInt8]) -> ArraySlice<UInt8>? {
        guard let tag = message.first else { return [] }
        guard tag == 1 << 3 | 2, message.count >= 2, message[1] < 0x80, message.count == 2 + Int(message[1]) else {
            return nil
        }
        return message[2...]
    }
}
