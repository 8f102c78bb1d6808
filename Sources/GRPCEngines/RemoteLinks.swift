import EngineWire
import NIOCore
import RPCTransport
import ServingModel

/// The connections of a remote engine: the one that new calls take, which is made when the first needs it, and those
/// that are being left.
final class RemoteLinks {
    private enum Phase {
        /// Without a connection. May become `connecting` or `stopped`.
        case idle
        /// May become `connected`, `idle` or `stopped`.
        case connecting(RemoteLink)
        /// May become `idle` or `stopped`.
        case connected(RemoteLink)
        /// Final.
        case stopped
    }

    private let subject: RemoteEngine.Subject
    private let paths: RemotePaths
    private let calls: RemoteCalls
    private let connect: RemoteEngine.Connecting
    private var phase = Phase.idle
    /// Calls that wait for the connection, in the order of their arrival; some may have ended meanwhile.
    private var waiting: [RemoteCall] = []
    /// Links that take no new calls, until they are closed: who is let go before hears of no read's end.
    private var leaving: [RemoteLink] = []

    init(_ subject: RemoteEngine.Subject, _ calls: RemoteCalls, connect: @escaping RemoteEngine.Connecting) {
        self.subject = subject
        self.calls = calls
        self.connect = connect
        paths = RemotePaths(subject.dialect)
    }

    private var address: RPCAddress { subject.endpoint.address }

    var isStopped: Bool { if case .stopped = phase { true } else { false } }

    /// Whether no connection has a call, and none is being made.
    var isEmpty: Bool {
        switch phase {
        case .idle, .stopped: leaving.isEmpty
        case .connecting: false
        case .connected(let link): link.isEmpty && leaving.isEmpty
        }
    }

    // MARK: Calls

    /// Sends a call, now or when there is a connection. Throws what stands against it.
    func send(_ live: RemoteCall) throws(EngineError) {
        if case .connected(let link) = phase, !link.acceptsCalls { leave(link) }
        switch phase {
        case .connected(let link): send(live, over: link)
        case .connecting: try wait(live)
        case .idle:
            try wait(live)
            open()
        case .stopped: throw .stopping
        }
    }

    private func send(_ live: RemoteCall, over link: RemoteLink) {
        link.send(live, on: live.reader == nil ? paths.embed : paths.generate)
    }

    private func wait(_ live: RemoteCall) throws(EngineError) {
        let limit = subject.limits.waitingRequests
        if waiting.count >= limit { waiting.removeAll(where: \.hasEnded) }
        guard waiting.count < limit else { throw .queueFull(limit: limit) }
        waiting.append(live)
    }

    /// Tells the engine in words that a call was reset, for servers that do not notice.
    ///
    /// An answer is not waited for long: it would hold one of the streams that the engine allows.
    func tellAbort(_ wireID: String, over link: RemoteLink) {
        var link = link
        if !link.acceptsCalls, case .connected(let current) = phase { link = current }
        guard link.acceptsCalls, let connection = link.connection else { return }
        var message: [UInt8] = []
        subject.dialect.appendAbort(wireID, to: &message)
        _ = connection.begin(path: paths.abort, message: message, timeoutSeconds: subject.limits.trailerSeconds)
    }

    func giveUpTrailers(now: Moment) {
        let seconds = subject.limits.trailerSeconds
        if case .connected(let link) = phase { link.giveUpTrailers(now: now, seconds: seconds) }
        for link in leaving { link.giveUpTrailers(now: now, seconds: seconds) }
    }

    // MARK: Connections

    private func open() {
        let link = RemoteLink(self, calls)
        phase = .connecting(link)
        connect(link).assumeIsolated().whenComplete { result in
            switch result {
            case .success(let connection): self.connected(link, connection)
            case .failure(let error): self.couldNotConnect(link, error)
            }
        }
    }

    private func connected(_ link: RemoteLink, _ connection: RPCClientConnection) {
        guard case .connecting(let current) = phase, current === link else { return connection.close() }
        link.connection = connection
        phase = .connected(link)
        for live in takeWaiting() where !live.hasEnded { send(live, over: link) }
    }

    private func couldNotConnect(_ link: RemoteLink, _ error: any Error) {
        guard case .connecting(let current) = phase, current === link else { return }
        phase = .idle
        for live in takeWaiting() { calls.fail(live, .unreachable("\(address) cannot be reached: \(error)")) }
    }

    private func takeWaiting() -> [RemoteCall] {
        defer { waiting = [] }
        return waiting
    }

    /// Takes no new calls to a link that its engine asks to leave.
    func leave(_ link: RemoteLink) {
        guard case .connected(let current) = phase, current === link else { return }
        phase = .idle
        leaving.append(link)
        closeIfLeft(link)
    }

    /// Closes a link that is to be left and has no calls.
    func closeIfLeft(_ link: RemoteLink) {
        guard link.isEmpty, leaving.contains(where: { $0 === link }) else { return }
        link.connection?.close()
    }

    /// Lets go of a link whose connection is gone.
    func forget(_ link: RemoteLink) {
        if case .connected(let current) = phase, current === link { phase = .idle }
        leaving.removeAll { $0 === link }
    }

    /// Closes every connection; calls on them have ended.
    func stop() {
        if case .connected(let link) = phase { link.connection?.close() }
        phase = .stopped
        waiting = []
        for link in leaving { link.connection?.close() }
        leaving = []
    }
}
