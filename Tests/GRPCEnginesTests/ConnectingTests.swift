import GRPCEngines
import RPCTesting
import RPCTransport
import ServingModel
import ServingTesting
import Testing

/// Requests that wait for their connection.
struct ConnectingTests {
    @Test func sendsWhatWaitsInOrder() throws {
        let remote = EmbeddedRemote()
        let requests = (0..<3).map { _ in remote.submit() }
        #expect(remote.wires.count == 1)
        let wire = remote.wires[0]
        wire.accept()
        #expect(try wire.sent().filter { $0.type == Frame.headers }.map(\.stream) == [1, 3, 5])
        for (index, request) in requests.enumerated() {
            wire.feed(remote.answer(UInt32(2 * index + 1)))
            #expect(remote.end(of: request).ids() == EmbeddedRemote.tokens)
        }
        #expect(remote.wires.count == 1 && wire.openCalls == 0)
    }

    @Test func refusesMoreThanMayWait() throws {
        let remote = EmbeddedRemote { $0.waitingRequests = 2 }
        let waiting = [remote.submit(), remote.submit()]
        #expect(remote.end(of: remote.submit()).failure == .queueFull(limit: 2))
        // Who has left waits no more.
        remote.engine.cancel(waiting[0].id, choice: nil)
        let next = remote.submit()
        remote.wires[0].accept()
        #expect(try remote.wires[0].sent().filter { $0.type == Frame.headers }.map(\.stream) == [1, 3])
        remote.wires[0].feed(remote.answer(1) + remote.answer(3))
        for request in [waiting[1], next] { #expect(remote.end(of: request).failure == nil) }
        #expect(remote.outcome(of: waiting[0]).positions.isEmpty)
    }

    @Test func sendsNothingOfWhatWasCancelled() throws {
        let remote = EmbeddedRemote()
        let request = remote.submit { $0.choices = 2 }
        remote.engine.cancel(request.id, choice: 0)
        remote.engine.cancel(request.id, choice: 1)
        let other = remote.submit()
        remote.engine.cancel(other.id, choice: nil)
        remote.wires[0].accept()
        #expect(try remote.wires[0].sent().allSatisfy { $0.stream == 0 })
        #expect(remote.recorder.events.isEmpty && remote.engine.snapshot().runningSequences == 0)
    }

    @Test func pausesWhatIsNotSentYet() throws {
        let remote = EmbeddedRemote { $0.transport.streamWindowBytes = 48 }
        let request = remote.submit()
        remote.engine.setPaused(request.id, true)
        let wire = remote.wires[0]
        wire.accept()
        _ = try wire.sent()
        wire.feed(remote.frames().prefix(3).flatMap { $0 })
        #expect(try wire.sent().isEmpty, "a paused call is granted nothing")
        remote.engine.setPaused(request.id, false)
        #expect(try wire.sent().map(\.type) == [Frame.windowUpdate])
    }

    @Test func failsWhatWaitsTooLong() {
        let remote = EmbeddedRemote()
        let request = remote.submit { $0.queueDeadline = remote.clock.now.advanced(bySeconds: 3) }
        remote.advance(seconds: 2)
        #expect(remote.outcome(of: request).failure == nil)
        remote.advance(seconds: 1.5)
        #expect(remote.end(of: request).failure == .deadlinePassed)
        #expect(remote.engine.snapshot().runningSequences == 0)
    }

    @Test func sendsNothingThatIsLate() {
        let remote = EmbeddedRemote()
        let request = remote.submit { $0.queueDeadline = remote.clock.now }
        #expect(remote.end(of: request).failure == .deadlinePassed)
        #expect(remote.wires.isEmpty)
    }

    @Test func connectsNoMoreWhenItHasStopped() throws {
        let remote = EmbeddedRemote()
        let request = remote.submit()
        remote.engine.stop()
        #expect(remote.end(of: request).failure == .stopping)
        #expect(remote.end(of: remote.submit()).failure == .stopping)
        // The connection that was being made is closed when it is there.
        remote.wires[0].accept()
        #expect(!remote.wires[0].isActive && remote.wires.count == 1)
    }

    /// Requests that are begun inside of the consumer's own call, when the connection was lost, have a new one.
    @Test func sendsAgainWhatWasLost() throws {
        let remote = EmbeddedRemote()
        let retry = Retry(remote.engine, remote.recorder)
        let request = remote.request()
        remote.engine.submit(request, to: retry)
        retry.next = remote.request()
        remote.wires[0].accept()
        remote.wires[0].hangUp()
        guard case .unavailable = remote.end(of: request).failure else {
            Issue.record("\(remote.outcome(of: request))")
            return
        }
        #expect(remote.wires.count == 2)
        remote.wires[1].accept()
        remote.wires[1].feed(remote.answer())
        #expect(remote.end(of: try #require(retry.sent)).ids() == EmbeddedRemote.tokens)
    }

    /// Sends another request as soon as one has failed.
    // @unchecked because everything is on the test's own thread.
    private final class Retry: EventConsumer, @unchecked Sendable {
        private let engine: any Engine
        private let recorder: EventRecorder
        var next: GenerationRequest?
        private(set) var sent: GenerationRequest?

        init(_ engine: any Engine, _ recorder: EventRecorder) {
            self.engine = engine
            self.recorder = recorder
        }

        func consume(_ batch: [GenerationEvent]) {
            recorder.consume(batch)
            guard let next else { return }
            sent = next
            self.next = nil
            engine.submit(next, to: self)
        }
    }
}
