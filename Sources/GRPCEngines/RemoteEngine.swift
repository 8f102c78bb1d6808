package import EngineWire
package import NIOCore
package import RPCTransport
package import ServingModel

/// An engine behind gRPC, on one event loop: the requests of the loop's clients go over one connection of that loop,
/// and no event crosses threads.
///
/// It connects with the first request, and again after a connection is lost. All requests have one consumer. Confined
/// to the loop.
// @unchecked because everything is touched on the loop alone.
package final class RemoteEngine: Engine, @unchecked Sendable {
    private enum Phase {
        /// Without a connection. May become `connecting` or `stopped`.
        case idle
        /// May become `connected`, `idle` or `stopped`.
        case connecting(RemoteLink, waiting: [RemoteCall])
        /// May become `idle` or `stopped`.
        case connected(RemoteLink)
        case stopped
    }

    /// What is driven, and how.
    package struct Subject: Sendable {
        package var card: EngineCard
        package var dialect: EngineDialect
        package var endpoint: RPCEndpoint
        /// The model's end-of-sequence tokens.
        package var endTokens: [TokenID]
        /// What the ids that the engine sees begin with; no other client of the engine uses it.
        package var idPrefix: String
        package var limits: RemoteEngineLimits

        package init(
            card: EngineCard, dialect: EngineDialect, endpoint: RPCEndpoint, endTokens: [TokenID], idPrefix: String,
            limits: RemoteEngineLimits = RemoteEngineLimits()
        ) {
            self.card = card
            self.dialect = dialect
            self.endpoint = endpoint
            self.endTokens = endTokens
            self.idPrefix = idPrefix
            self.limits = limits
        }
    }

    private let subject: Subject
    private let paths: RemotePaths
    let loop: any EventLoop
    let now: @Sendable () -> Moment

    private var phase = Phase.idle
    private var calls: [RequestID: RemoteCall] = [:]
    /// Links that take no new calls and still have some.
    private var leaving: [RemoteLink] = []
    private var consumer: (any EventConsumer)?
    private var batch: [GenerationEvent] = []
    private var spare: [GenerationEvent] = []
    private var isFlushScheduled = false
    private var sweeps: RepeatedTask?

    package init(_ subject: Subject, loop: any EventLoop, now: @escaping @Sendable () -> Moment) {
        self.subject = subject
        self.loop = loop
        self.now = now
        paths = RemotePaths(subject.dialect)
    }

    package var card: EngineCard { subject.card }
    private var dialect: EngineDialect { subject.dialect }
    private var endpoint: RPCEndpoint { subject.endpoint }
    private var limits: RemoteEngineLimits { subject.limits }

    // MARK: Engine

    package func submit(_ request: GenerationRequest, to consumer: any EventConsumer) {
        setConsumer(consumer)
        let wireID = wireID(of: request.id)
        var message: [UInt8] = []
        do throws(EngineError) {
            try check(request)
            try dialect.appendGenerate(request, wireID: wireID, endTokens: subject.endTokens, to: &message)
        } catch {
            return report(.failed(request.id, error))
        }
        let reader = GenerationReader(dialect: dialect, request: request, endTokens: subject.endTokens)
        begin(
            RemoteCall(
                request.id, wireID: wireID, deadline: request.queueDeadline, purpose: .generation(reader),
                message: message, now: now()))
    }

    package func embed(_ request: EmbeddingRequest, to consumer: any EventConsumer) {
        setConsumer(consumer)
        let wireID = wireID(of: request.id)
        var message: [UInt8] = []
        do throws(EngineError) {
            try dialect.appendEmbed(request, wireID: wireID, to: &message)
        } catch {
            return report(.failed(request.id, error))
        }
        begin(
            RemoteCall(
                request.id, wireID: wireID, deadline: request.deadline, purpose: .embedding, message: message,
                now: now()))
    }

    package func cancel(_ request: RequestID, choice: Int?) {
        guard let live = calls[request] else { return }
        if let choice, case .generation(var reader) = live.purpose {
            reader.cancel(choice: choice)
            live.purpose = .generation(reader)
            guard reader.isComplete else { return }
        }
        abort(live)
    }

    package func setPaused(_ request: RequestID, _ isPaused: Bool) {
        guard let live = calls[request] else { return }
        live.isPaused = isPaused
        if let sent = live.sent { sent.link.connection?.setPaused(sent.call, isPaused) }
    }

    package func snapshot() -> WorkerSnapshot {
        var snapshot = WorkerSnapshot()
        snapshot.runningSequences = calls.count
        return snapshot
    }

    package func shutDown() async {
        try? await loop.submit { self.stop() }.get()
    }

    /// What no engine of this kind has to be asked.
    private func check(_ request: GenerationRequest) throws(EngineError) {
        if case .stopped = phase { throw .stopping }
        guard !request.prompt.isEmpty else { throw .invalid(field: "prompt", reason: "must hold at least one token") }
        guard request.prompt.count + min(request.stop.maxTokens, 1) <= card.contextTokens else {
            throw .contextExceeded(promptTokens: request.prompt.count, contextTokens: card.contextTokens)
        }
        guard request.choices <= card.parallelSequences else {
            throw .invalid(field: "n", reason: "at most \(card.parallelSequences) choices run at once")
        }
    }

    /// Of a fixed width: SGLang aborts every request whose name begins with the one it is given.
    private func wireID(of request: RequestID) -> String {
        let digits = String(request.rawValue, radix: 16)
        return subject.idPrefix + String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    private func setConsumer(_ consumer: any EventConsumer) {
        loop.preconditionInEventLoop()
        precondition(self.consumer == nil || self.consumer === consumer, "an engine on a loop has one consumer")
        self.consumer = consumer
    }

    // MARK: Calls

    private func begin(_ live: RemoteCall) {
        startSweeping()
        switch phase {
        case .connected(let link):
            calls[live.request] = live
            send(live, on: link)
        case .connecting(let link, var waiting):
            guard waiting.count < limits.waitingRequests else {
                return report(.failed(live.request, .queueFull(limit: limits.waitingRequests)))
            }
            calls[live.request] = live
            phase = .idle
            waiting.append(live)
            phase = .connecting(link, waiting: waiting)
        case .idle:
            calls[live.request] = live
            connect(with: live)
        case .stopped: report(.failed(live.request, .stopping))
        }
    }

    private func send(_ live: RemoteCall, on link: RemoteLink) {
        guard let connection = link.connection else {
            return fail(live, .unavailable("the connection to \(endpoint.address) was lost"))
        }
        let path = if case .embedding = live.purpose { paths.embed } else { paths.generate }
        let call = connection.begin(path: path, message: live.message)
        live.message = []
        live.sent = (link, call)
        link.calls[call] = live
        if live.isPaused { connection.setPaused(call, true) }
    }

    /// Ends a call that nobody wants any more.
    private func abort(_ live: RemoteCall) {
        calls[live.request] = nil
        guard let sent = live.sent, !live.isComplete else { return }
        live.isComplete = true
        sent.link.calls[sent.call] = nil
        guard let connection = sent.link.connection else { return }
        connection.cancel(sent.call)
        closeIfLeft(sent.link)
        guard connection.acceptsCalls else { return }
        // The reset ends the call; engines whose server does not notice are told in words, too.
        var message: [UInt8] = []
        dialect.appendAbort(live.wireID, to: &message)
        _ = connection.begin(path: paths.abort, message: message)
    }

    private func fail(_ live: RemoteCall, _ error: EngineError) {
        abort(live)
        report(.failed(live.request, error))
    }

    // MARK: What comes back

    func take(_ message: UnsafeRawBufferPointer, of live: RemoteCall) {
        guard !live.isComplete else { return }
        live.heard = now()
        live.hasBegun = true
        do throws(WireError) {
            switch live.purpose {
            case .generation(var reader):
                live.purpose = .embedding
                defer { live.purpose = .generation(reader) }
                try reader.read(message, into: &batch)
                if reader.isComplete { complete(live) }
            case .embedding:
                batch.append(.embedded(live.request, try dialect.readEmbedding(message)))
                complete(live)
            }
        } catch {
            fail(live, .broken("\(endpoint.address) sent what is not understood: \(error)"))
        }
    }

    func takeEnd(of live: RemoteCall, _ status: RPCStatus) {
        live.sent = nil
        guard !live.isComplete else { return }
        live.isComplete = true
        calls[live.request] = nil
        report(.failed(live.request, EngineError(status, from: endpoint.address)))
    }

    private func complete(_ live: RemoteCall) {
        live.isComplete = true
        calls[live.request] = nil
    }

    // MARK: Events

    /// Hands out what has come; after each read of a connection.
    func flush() {
        guard !batch.isEmpty else { return }
        swap(&batch, &spare)
        consumer?.consume(spare)
        spare.removeAll(keepingCapacity: true)
    }

    /// Adds an event that no read brings; it leaves soon.
    private func report(_ event: GenerationEvent) {
        batch.append(event)
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        loop.execute {
            self.isFlushScheduled = false
            self.flush()
        }
    }

    // MARK: Connections

    private func connect(with first: RemoteCall) {
        let link = RemoteLink(engine: self)
        phase = .connecting(link, waiting: [first])
        let connection = RPCClientConnection.connect(to: endpoint, on: loop, limits: limits.transport, owner: link)
        connection.assumeIsolated().whenComplete { result in
            switch result {
            case .success(let connection): self.connected(link, connection)
            case .failure(let error): self.couldNotConnect(link, error)
            }
        }
    }

    private func connected(_ link: RemoteLink, _ connection: RPCClientConnection) {
        guard case .connecting(let current, let waiting) = phase, current === link else { return connection.close() }
        link.connection = connection
        phase = .connected(link)
        for live in waiting where calls[live.request] === live { send(live, on: link) }
    }

    private func couldNotConnect(_ link: RemoteLink, _ error: any Error) {
        guard case .connecting(let current, let waiting) = phase, current === link else { return }
        phase = .idle
        for live in waiting where calls[live.request] === live {
            fail(live, .unavailable("\(endpoint.address) cannot be reached: \(error)"))
        }
    }

    /// Takes no new calls to a link that its engine asks to leave, or that is gone.
    func leave(_ link: RemoteLink) {
        if case .connected(let current) = phase, current === link { phase = .idle }
        if link.connection != nil, !leaving.contains(where: { $0 === link }) { leaving.append(link) }
        closeIfLeft(link)
    }

    /// Closes a link that is to be left and has no calls.
    func closeIfLeft(_ link: RemoteLink) {
        guard link.connection == nil || link.calls.isEmpty, let at = leaving.firstIndex(where: { $0 === link })
        else { return }
        leaving.remove(at: at)
        link.connection?.close()
    }

    private func stop() {
        let old = phase
        phase = .stopped
        sweeps?.cancel()
        sweeps = nil
        for live in Array(calls.values) { fail(live, .stopping) }
        flush()
        if case .connected(let link) = old { link.connection?.close() }
        for link in leaving { link.connection?.close() }
        leaving = []
    }

    // MARK: Time

    private func startSweeping() {
        guard sweeps == nil else { return }
        let period = TimeAmount.nanoseconds(Int64(limits.sweepSeconds * 1e9))
        sweeps = loop.scheduleRepeatedTask(initialDelay: period, delay: period) { _ in
            self.sweep(self.now())
        }
    }

    private func sweep(_ now: Moment) {
        for live in Array(calls.values) {
            if !live.hasBegun {
                if let deadline = live.deadline, deadline <= now { fail(live, .deadlinePassed) }
            } else if !live.isPaused, now.seconds(since: live.heard) > limits.silenceSeconds {
                fail(live, .unavailable("\(endpoint.address) was silent for \(Int(limits.silenceSeconds)) s"))
            }
        }
        sweepTrailers(now)
    }

    private func sweepTrailers(_ now: Moment) {
        guard case .connected(let link) = phase else { return }
        for (call, live) in link.calls
        where live.isComplete && now.seconds(since: live.heard) > limits.trailerSeconds {
            link.calls[call] = nil
            link.connection?.cancel(call)
        }
    }
}
