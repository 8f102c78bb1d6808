import EngineWire
package import NIOCore
package import RPCTransport
package import ServingModel

/// An engine behind gRPC, on one event loop: the requests of the loop's clients go over one connection of that loop,
/// and no event crosses threads.
///
/// It connects with the first request, and again after a connection is lost. All requests have one consumer. Confined
/// to the loop, but for `shutDown`.
// @unchecked because everything is touched on the loop alone.
package final class RemoteEngine: Engine, @unchecked Sendable {
    /// Makes a connection for its owner; called on the loop.
    package typealias Connecting = (_ owner: any RPCClientOwner) -> EventLoopFuture<RPCClientConnection>

    private let subject: Subject
    private let patience: RemotePatience
    private let loop: any EventLoop
    private let now: @Sendable () -> Moment
    private let outlet: RemoteOutlet
    private let calls: RemoteCalls
    private let links: RemoteLinks
    private var sweeps: RepeatedTask?

    package convenience init(_ subject: Subject, loop: any EventLoop, now: @escaping @Sendable () -> Moment) {
        self.init(subject, loop: loop, now: now) { owner in
            RPCClientConnection.connect(
                to: subject.endpoint, on: loop, limits: subject.limits.transport, owner: owner)
        }
    }

    /// - Parameter connect: makes the connections instead of `subject.endpoint`, which only names the engine then.
    package init(
        _ subject: Subject, loop: any EventLoop, now: @escaping @Sendable () -> Moment, connect: @escaping Connecting
    ) {
        self.subject = subject
        self.loop = loop
        self.now = now
        patience = RemotePatience(subject)
        outlet = RemoteOutlet(loop: loop)
        calls = RemoteCalls(subject, outlet, now: now)
        links = RemoteLinks(subject, calls, connect: connect)
    }

    package var card: EngineCard { subject.card }

    // MARK: Verbs

    package func submit(_ request: GenerationRequest, to consumer: any EventConsumer) {
        outlet.setConsumer(consumer)
        do throws(EngineError) {
            try check(request)
            let wireID = subject.wireID(of: request.id)
            var message: [UInt8] = []
            try subject.dialect.appendGenerate(request, wireID: wireID, endTokens: subject.endTokens, to: &message)
            let reader = GenerationReader(dialect: subject.dialect, request: request, endTokens: subject.endTokens)
            begin(
                RemoteCall(
                    request.id, wireID: wireID, deadline: patience.deadline(of: request), reader: reader,
                    message: message, now: now()))
        } catch {
            outlet.report(.failed(request.id, error))
        }
    }

    package func embed(_ request: EmbeddingRequest, to consumer: any EventConsumer) {
        outlet.setConsumer(consumer)
        do throws(EngineError) {
            try check(deadline: request.deadline)
            let wireID = subject.wireID(of: request.id)
            var message: [UInt8] = []
            try subject.dialect.appendEmbed(request, wireID: wireID, to: &message)
            begin(
                RemoteCall(
                    request.id, wireID: wireID, deadline: request.deadline, reader: nil, message: message, now: now()))
        } catch {
            outlet.report(.failed(request.id, error))
        }
    }

    /// Engines behind gRPC end requests, and no single choices: what they compute of a cancelled choice is dropped.
    package func cancel(_ request: RequestID, choice: Int?) {
        guard let live = calls[request] else { return }
        if let choice, live.reader != nil {
            live.reader?.cancel(choice: choice)
            guard live.reader?.isComplete == true else { return }
        }
        calls.abort(live)
    }

    /// What the engine may send of a paused request is still delivered: at most the stream's window.
    package func setPaused(_ request: RequestID, _ isPaused: Bool) {
        guard let live = calls[request] else { return }
        live.setPaused(isPaused, now: now())
        if let sent = live.sent { sent.link.setPaused(sent.call, isPaused) }
    }

    package func snapshot() -> WorkerSnapshot {
        var snapshot = WorkerSnapshot()
        snapshot.runningSequences = calls.count
        return snapshot
    }

    package func shutDown() async {
        try? await loop.submit { self.stop() }.get()
    }

    /// Ends everything at once, on the loop.
    package func stop() {
        sweeps?.cancel()
        sweeps = nil
        calls.failAll(.stopping)
        links.stop()
        outlet.flush()
    }

    private func begin(_ live: RemoteCall) {
        startSweeping()
        calls.add(live)
        do throws(EngineError) {
            try links.send(live)
        } catch {
            calls.fail(live, error)
        }
    }

    // MARK: What no engine of this kind has to be asked

    private func check(_ request: GenerationRequest) throws(EngineError) {
        try check(deadline: request.queueDeadline)
        guard !request.prompt.isEmpty else { throw .invalid(field: "prompt", reason: "must hold at least one token") }
        guard request.prompt.count + min(request.stop.maxTokens, 1) <= card.contextTokens else {
            throw .contextExceeded(promptTokens: request.prompt.count, contextTokens: card.contextTokens)
        }
        guard request.choices <= card.parallelSequences else {
            throw .invalid(field: "n", reason: "at most \(card.parallelSequences) choices run at once")
        }
    }

    private func check(deadline: Moment?) throws(EngineError) {
        if links.isStopped { throw .stopping }
        if let deadline, deadline <= now() { throw .deadlinePassed }
    }

    // MARK: Time

    /// Looks at deadlines as long as there is something that may be late.
    private func startSweeping() {
        guard sweeps == nil else { return }
        let period = TimeAmount.nanoseconds(Int64(subject.limits.sweepSeconds * 1e9))
        sweeps = loop.scheduleRepeatedTask(initialDelay: period, delay: period) { _ in self.sweep() }
    }

    private func sweep() {
        let now = now()
        calls.giveUp(patience, now: now)
        links.giveUpTrailers(now: now)
        guard calls.count == 0, links.isEmpty else { return }
        sweeps?.cancel()
        sweeps = nil
    }
}
