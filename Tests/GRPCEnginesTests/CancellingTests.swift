import EngineWire
import GRPCEngines
import RPCTesting
import RPCTransport
import ServingModel
import ServingTesting
import Testing

/// What the engine is told of requests that nobody wants any more.
struct CancellingTests {
    @Test(arguments: EngineDialect.allCases) func resetsAndSaysSo(_ dialect: EngineDialect) throws {
        let remote = EmbeddedRemote(dialect)
        let (request, wire) = try remote.submitConnected()
        wire.feed(remote.beginning())
        remote.engine.cancel(request.id, choice: nil)
        let frames = try wire.sent()
        #expect(frames.contains { $0.type == Frame.reset && $0.stream == 1 && $0.value == 8 })
        #expect(frames.contains { $0.type == Frame.data && $0.payload == remote.abort(of: request) })
        // What was on its way is dropped.
        wire.feed(remote.frames().dropFirst(2).flatMap { $0 })
        #expect(remote.outcome(of: request).ids().count == 1 && remote.outcome(of: request).ends.isEmpty)
        wire.feed(Server.head(3) + Server.data(3, Server.message([])) + Server.trailers(3))
        #expect(wire.openCalls == 0 && remote.engine.snapshot().runningSequences == 0)
        remote.engine.cancel(request.id, choice: nil)
        #expect(try wire.sent().isEmpty)
    }

    @Test func endsAChoiceHere() throws {
        let remote = EmbeddedRemote()
        let (request, wire) = try remote.submitConnected { request in
            request.choices = 2
            request.sampling.temperature = 1
        }
        let second = remote.messages(choice: 1).map { Server.data(1, Server.message($0)) }
        wire.feed(remote.beginning() + second[0])
        remote.engine.cancel(request.id, choice: 0)
        #expect(try wire.sent().isEmpty, "the engine cannot be told of one choice")
        wire.feed(remote.frames()[2] + second[1])
        remote.engine.cancel(request.id, choice: 9)
        #expect(remote.outcome(of: request).ids(of: 0).count == 1 && remote.outcome(of: request).ids(of: 1).count == 2)
        remote.engine.cancel(request.id, choice: 1)
        #expect(try wire.sent().contains { $0.type == Frame.reset })
        #expect(remote.outcome(of: request).ends.isEmpty && remote.engine.snapshot().runningSequences == 0)
    }

    @Test func aCancelledChoiceEndsWithTheOther() throws {
        let remote = EmbeddedRemote()
        let (request, wire) = try remote.submitConnected { $0.choices = 2 }
        wire.feed(remote.beginning())
        remote.engine.cancel(request.id, choice: 0)
        wire.feed(remote.frames().dropFirst(2).flatMap { $0 })
        #expect(remote.outcome(of: request).ends == [1: .length])
        #expect(remote.outcome(of: request).ids(of: 1) == EmbeddedRemote.tokens && wire.openCalls == 0)
    }

    /// An engine that never answers Abort has no stream of it for long.
    @Test func waitsForNoAnswerToAborts() throws {
        let remote = EmbeddedRemote { $0.trailerSeconds = 5 }
        let (request, wire) = try remote.submitConnected()
        remote.engine.cancel(request.id, choice: nil)
        _ = try wire.sent()
        #expect(wire.openCalls == 1)
        remote.advance(seconds: 5.1)
        #expect(try wire.sent().contains { $0.type == Frame.reset && $0.stream == 3 })
        #expect(wire.openCalls == 0 && wire.isActive)
    }

    @Test func tellsOfWhatItCannotRead() throws {
        let remote = EmbeddedRemote()
        let (request, wire) = try remote.submitConnected()
        wire.feed(remote.beginning() + Server.data(1, Server.message([0xFF, 0xFF])))
        guard case .broken = remote.end(of: request).failure else {
            Issue.record("\(remote.outcome(of: request))")
            return
        }
        let frames = try wire.sent()
        #expect(frames.contains { $0.type == Frame.reset && $0.stream == 1 })
        #expect(frames.contains { $0.type == Frame.data && $0.payload == remote.abort(of: request) })
    }

    /// One message may hold both the end and what must not follow it.
    @Test func takesNothingBehindTheLastEnd() throws {
        let remote = EmbeddedRemote()
        let (request, wire) = try remote.submitConnected()
        let messages = remote.messages()
        wire.feed(remote.frames().prefix(5).flatMap { $0 })
        wire.feed(Server.data(1, Server.message(messages[4] + messages[3])))
        wire.feed(Server.data(1, Server.message(messages[4])) + Server.trailers(1, status: 13))
        #expect(remote.end(of: request).ids() == EmbeddedRemote.tokens)
        #expect(remote.engine.snapshot().runningSequences == 0 && wire.openCalls == 0)
    }
}
