import GRPCEngines
import RPCTesting
import ServingModel
import ServingTesting
import Testing

/// How long an engine is waited for.
struct PatienceTests {
    private static let unavailable = StatusTests.Kind.unavailable

    @Test func givesUpASilentEngine() throws {
        let remote = EmbeddedRemote { $0.silenceSeconds = 30 }
        let (request, wire) = try remote.submitConnected()
        wire.feed(remote.beginning())
        remote.advance(seconds: 20)
        wire.feed(remote.frames()[2])
        remote.advance(seconds: 20)
        #expect(remote.outcome(of: request).failure == nil)
        remote.advance(seconds: 11)
        #expect(StatusTests.Kind(remote.end(of: request).failure) == Self.unavailable)
        #expect(try wire.sent().contains { $0.type == Frame.reset && $0.stream == 1 })
    }

    @Test func aPauseIsNoSilence() throws {
        let remote = EmbeddedRemote { $0.silenceSeconds = 30 }
        let (request, wire) = try remote.submitConnected()
        wire.feed(remote.beginning())
        remote.engine.setPaused(request.id, true)
        remote.advance(seconds: 100)
        remote.engine.setPaused(request.id, false)
        remote.advance(seconds: 20)
        #expect(remote.outcome(of: request).failure == nil)
        remote.advance(seconds: 11)
        #expect(StatusTests.Kind(remote.end(of: request).failure) == Self.unavailable)
    }

    @Test func waitsForTheBeginningUntilTheDeadline() throws {
        let remote = EmbeddedRemote()
        let deadline = remote.clock.now.advanced(bySeconds: 10)
        let (late, wire) = try remote.submitConnected { $0.queueDeadline = deadline }
        let timely = remote.submit { $0.queueDeadline = deadline }
        wire.feed(remote.beginning(3))
        remote.advance(seconds: 11)
        #expect(remote.end(of: late).failure == .deadlinePassed)
        #expect(remote.outcome(of: timely).failure == nil)
        wire.feed(remote.frames(3).dropFirst(2).flatMap { $0 })
        #expect(remote.end(of: timely).ids() == EmbeddedRemote.tokens)
    }

    /// What is not streamed comes whole, and may have begun long before.
    @Test func waitsLongerForWhatIsNotStreamed() throws {
        let remote = EmbeddedRemote { $0.silenceSeconds = 30 }
        let (first, wire) = try remote.submitConnected { request in
            request.isStreamed = false
            request.queueDeadline = remote.clock.now.advanced(bySeconds: 10)
        }
        let second = remote.submit { request in
            request.isStreamed = false
            request.queueDeadline = remote.clock.now.advanced(bySeconds: 10)
        }
        remote.advance(seconds: 39)
        let whole = remote.messages().suffix(1).map { Server.data(1, Server.message($0)) }
        wire.feed(Server.head(1) + whole.flatMap { $0 } + Server.trailers(1))
        #expect(remote.end(of: first).ids() == EmbeddedRemote.tokens)
        remote.advance(seconds: 2)
        #expect(remote.end(of: second).failure == .deadlinePassed)
    }

    /// Nothing wakes the loop when there is nothing to watch.
    @Test func sleepsWithoutRequests() throws {
        let remote = EmbeddedRemote()
        let (request, wire) = try remote.submitConnected { $0.queueDeadline = remote.clock.now.advanced(bySeconds: 9) }
        wire.feed(remote.answer())
        #expect(remote.end(of: request).failure == nil)
        remote.advance(seconds: 1)
        let late = remote.submit { $0.queueDeadline = remote.clock.now.advanced(bySeconds: 1) }
        remote.advance(seconds: 2)
        #expect(remote.end(of: late).failure == .deadlinePassed, "it watches again")
    }

    @Test func embedsWithinItsTime() throws {
        let remote = EmbeddedRemote()
        var request = EmbeddingRequest(id: RequestID(70), prompt: EmbeddedRemote.prompt)
        request.deadline = remote.clock.now.advanced(bySeconds: 2)
        remote.engine.embed(request, to: remote.recorder)
        remote.wires[0].accept()
        // A vector of two numbers, in the first field.
        let vector: [UInt8] = [0x0A, 8, 0, 0, 0x80, 0x3F, 0, 0, 0, 0x40]
        remote.wires[0].feed(
            Server.head(1) + Server.data(1, Server.message(vector)) + Server.trailers(1))
        guard case .embedded(RequestID(70), [1, 2])? = remote.recorder.events.first else {
            Issue.record("\(remote.recorder.events)")
            return
        }
        var late = EmbeddingRequest(id: RequestID(71), prompt: EmbeddedRemote.prompt)
        late.deadline = remote.clock.now.advanced(bySeconds: 2)
        remote.engine.embed(late, to: remote.recorder)
        remote.advance(seconds: 3)
        #expect(RequestOutcome(of: late.id, in: remote.recorder.events).failure == .deadlinePassed)
        #expect(remote.recorder.events.count == 2 && remote.engine.snapshot().runningSequences == 0)
    }
}
