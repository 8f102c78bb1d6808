import GRPCEngines
import NIOEmbedded
import RPCTesting
import RPCTransport
import ServingModel
import ServingTesting
import Testing

/// Connections that their server asks to leave.
struct LeavingTests {
    private static func isUnavailable(_ error: EngineError?) -> Bool {
        if case .unavailable = error { true } else { false }
    }

    @Test func goesOnBesideItsSuccessor() throws {
        let remote = EmbeddedRemote()
        let (first, wire) = try remote.submitConnected()
        wire.feed(remote.beginning() + Server.goAway(last: 1))
        #expect(remote.wires.count == 1, "nobody needs another connection yet")
        let second = remote.submit()
        #expect(remote.wires.count == 2)
        remote.wires[1].accept()
        remote.wires[1].feed(remote.beginning())
        #expect(wire.isActive)
        wire.feed(remote.frames().dropFirst(2).flatMap { $0 })
        #expect(remote.end(of: first).ids() == EmbeddedRemote.tokens)
        #expect(!wire.isActive, "its last call has ended")
        remote.wires[1].feed(remote.frames().dropFirst(2).flatMap { $0 })
        #expect(remote.end(of: second).ids() == EmbeddedRemote.tokens && remote.wires[1].isActive)
    }

    /// The last call's end closes the connection in the middle of a read, whose events must leave all the same.
    @Test func deliversWhatComesWithTheLastEnd() throws {
        let remote = EmbeddedRemote()
        let (request, wire) = try remote.submitConnected()
        wire.feed(Server.goAway(last: 1))
        wire.feed(remote.answer())
        #expect(remote.end(of: request).ids() == EmbeddedRemote.tokens && !wire.isActive)
    }

    @Test func failsWhatTheServerDidNotTake() throws {
        let remote = EmbeddedRemote()
        let (first, wire) = try remote.submitConnected()
        let second = remote.submit()
        wire.feed(Server.goAway(last: 1))
        #expect(Self.isUnavailable(remote.end(of: second).failure))
        wire.feed(remote.answer())
        #expect(remote.end(of: first).failure == nil && !wire.isActive)
    }

    @Test func closesAnIdleConnectionAtOnce() throws {
        let remote = EmbeddedRemote()
        let (_, wire) = try remote.submitConnected()
        wire.feed(remote.answer())
        wire.feed(Server.goAway(last: 1))
        #expect(!wire.isActive)
        #expect(remote.submit().id == RequestID(2) && remote.wires.count == 2)
    }

    /// The connection that is left takes no call, so the engine is told over the next one.
    @Test func abortsOverTheSuccessor() throws {
        let remote = EmbeddedRemote()
        let (first, wire) = try remote.submitConnected()
        wire.feed(remote.beginning() + Server.goAway(last: 1))
        remote.submit()
        remote.wires[1].accept()
        _ = try remote.wires[1].sent()
        remote.engine.cancel(first.id, choice: nil)
        let abort = remote.abort(of: first)
        #expect(try remote.wires[1].sent().contains { $0.type == Frame.data && $0.payload == abort })
        #expect(!wire.isActive)
    }

    @Test func letsGoOfTrailersThatNeverCome() throws {
        let remote = EmbeddedRemote { $0.trailerSeconds = 5 }
        let (request, wire) = try remote.submitConnected()
        wire.feed(remote.frames().dropLast().flatMap { $0 })
        #expect(remote.end(of: request).failure == nil && wire.openCalls == 1)
        remote.advance(seconds: 4)
        #expect(wire.openCalls == 1)
        remote.advance(seconds: 2)
        #expect(wire.openCalls == 0 && wire.isActive)
        #expect(try wire.sent().contains { $0.type == Frame.reset && $0.stream == 1 })
    }

    @Test func letsGoOfTrailersOnAConnectionThatIsLeft() throws {
        let remote = EmbeddedRemote { $0.trailerSeconds = 5 }
        let (request, wire) = try remote.submitConnected()
        wire.feed(remote.frames().dropLast().flatMap { $0 } + Server.goAway(last: 1))
        #expect(remote.end(of: request).failure == nil && wire.isActive)
        remote.advance(seconds: 6)
        #expect(!wire.isActive)
    }

    @Test func stopsEverything() throws {
        let remote = EmbeddedRemote()
        let (first, old) = try remote.submitConnected()
        old.feed(remote.beginning() + Server.goAway(last: 1))
        let second = remote.submit()
        remote.wires[1].accept()
        remote.wires[1].feed(Server.goAway(last: 1))
        let third = remote.submit()
        #expect(remote.wires.count == 3)
        remote.engine.stop()
        remote.engine.stop()
        remote.loop.run()
        for request in [first, second, third] { #expect(remote.end(of: request).failure == .stopping) }
        #expect(remote.wires.prefix(2).allSatisfy { !$0.isActive } && remote.engine.snapshot().runningSequences == 0)
    }
}
