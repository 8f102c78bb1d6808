import RPCTesting
import RPCTransport
import ServingModel
import ServingTesting
import Testing

/// What each status of gRPC is to those who asked.
struct StatusTests {
    enum Kind: Equatable {
        case invalid(field: String)
        case deadlinePassed, unreachable, unavailable, broken

        init?(_ error: EngineError?) {
            switch error {
            case .invalid(let field, _): self = .invalid(field: field)
            case .deadlinePassed: self = .deadlinePassed
            case .unreachable: self = .unreachable
            case .unavailable: self = .unavailable
            case .broken: self = .broken
            case .contextExceeded, .queueFull, .stopping, nil: return nil
            }
        }
    }

    private static let kinds: [(code: RPCStatusCode, kind: Kind)] = [
        (.ok, .unavailable), (.cancelled, .unavailable), (.unknown, .broken),
        (.invalidArgument, .invalid(field: "request")), (.deadlineExceeded, .deadlinePassed), (.notFound, .broken),
        (.alreadyExists, .broken), (.permissionDenied, .broken), (.resourceExhausted, .unavailable),
        (.failedPrecondition, .invalid(field: "request")), (.aborted, .unavailable),
        (.outOfRange, .invalid(field: "request")), (.unimplemented, .invalid(field: "model")), (.internal, .broken),
        (.unavailable, .unavailable), (.dataLoss, .broken), (.unauthenticated, .broken),
    ]

    @Test func knowsEveryCode() {
        #expect(Self.kinds.map(\.code.rawValue) == Array(0...16))
    }

    @Test(arguments: [false, true]) func hasAnErrorForEachCode(_ hasBegun: Bool) throws {
        for (code, kind) in Self.kinds {
            let remote = EmbeddedRemote()
            let (request, wire) = try remote.submitConnected()
            wire.feed(hasBegun ? remote.beginning() : Server.head(1))
            wire.feed(Server.trailers(1, status: code.rawValue, message: "so it is"))
            let outcome = remote.end(of: request)
            #expect(Kind(outcome.failure) == kind, "\(code)")
            #expect(outcome.ids().count == (hasBegun ? 1 : 0))
            #expect(wire.isActive && wire.openCalls == 0)
        }
    }

    /// Statuses that come of the connection are no verdict on the request, but for the length of a message.
    @Test func blamesTheEngineForWhatIsNoGRPC() throws {
        let answers: [[UInt8]] = [
            Server.headers(1, [(":status", "503"), ("content-type", "text/html")], end: true),
            Server.headers(1, [(":status", "200"), ("content-type", "text/html")]),
            Server.head(1) + Server.data(1, [0, 0xFF, 0xFF, 0xFF, 0xFF]),
            Server.head(1) + Server.data(1, [1, 0, 0, 0, 1, 0]),
            Server.head(1) + Server.data(1, [0, 0, 0], end: true),
            Server.data(1, [0, 0, 0, 0, 0]),
        ]
        for answer in answers {
            let remote = EmbeddedRemote()
            let (request, wire) = try remote.submitConnected()
            wire.feed(answer)
            #expect(Kind(remote.end(of: request).failure) == .unavailable)
            #expect(wire.isActive && wire.openCalls == 0)
        }
    }
}
