import EngineWire
import GRPCEngines
import RPCTesting
import RPCTransport
import ServingModel
import ServingTesting
import Testing

/// An answer is cut at every one of its bytes.
struct DisconnectTests {
    /// Hangs up, or resets, after so many bytes of an answer.
    private func cut(
        _ dialect: EngineDialect, after count: Int, _ end: (EmbeddedRemote, Wire) -> Void
    ) throws {
        let remote = EmbeddedRemote(dialect)
        let (request, wire) = try remote.submitConnected()
        let frames = remote.frames()
        wire.feed(Array(remote.answer().prefix(count)))
        end(remote, wire)
        let outcome = remote.end(of: request)
        let whole = frames.dropLast().reduce(0) { $0 + $1.count }
        if count >= whole {
            #expect(outcome.failure == nil && outcome.ids() == EmbeddedRemote.tokens, "after \(count)")
        } else {
            guard case .unavailable = outcome.failure else {
                Issue.record("after \(count): \(outcome)")
                return
            }
            #expect(EmbeddedRemote.tokens.starts(with: outcome.ids()))
        }
        #expect(remote.engine.snapshot().runningSequences == 0 && wire.openCalls == 0)
    }

    @Test(arguments: EngineDialect.allCases) func everyByte(_ dialect: EngineDialect) throws {
        for count in 0...EmbeddedRemote(dialect).answer().count {
            try cut(dialect, after: count) { remote, wire in
                wire.hangUp()
                #expect(!wire.isActive)
                // The next request has a connection of its own.
                let next = remote.submit()
                #expect(remote.wires.count == 2)
                remote.engine.cancel(next.id, choice: nil)
            }
        }
    }

    @Test(arguments: EngineDialect.allCases) func resetsBetweenFrames(_ dialect: EngineDialect) throws {
        let frames = EmbeddedRemote(dialect).frames()
        for count in 0..<frames.count {
            let bytes = frames.prefix(count).reduce(0) { $0 + $1.count }
            try cut(dialect, after: bytes) { remote, wire in
                wire.feed(Server.reset(1, 2))
                #expect(wire.isActive)
            }
        }
    }

    @Test(arguments: EngineDialect.allCases) func readsThatFallAnywhere(_ dialect: EngineDialect) throws {
        for count in 0...EmbeddedRemote(dialect).answer().count {
            let remote = EmbeddedRemote(dialect)
            let (request, wire) = try remote.submitConnected()
            wire.feed(Array(remote.answer().prefix(count)))
            wire.feed(Array(remote.answer().dropFirst(count)))
            let outcome = remote.end(of: request)
            #expect(outcome.ids() == EmbeddedRemote.tokens && outcome.ends == [0: .length], "at \(count)")
            #expect(remote.engine.snapshot().runningSequences == 0 && wire.openCalls == 0)
        }
    }

    /// The connection is lost before the server has said what it takes.
    @Test func beforeTheFirstSettings() {
        let remote = EmbeddedRemote()
        let requests = [remote.submit(), remote.submit()]
        #expect(remote.wires.count == 1)
        remote.wires[0].hangUp()
        for request in requests {
            guard case .unreachable = remote.end(of: request).failure else {
                Issue.record("\(remote.outcome(of: request))")
                continue
            }
        }
        remote.submit()
        #expect(remote.wires.count == 2)
    }
}
