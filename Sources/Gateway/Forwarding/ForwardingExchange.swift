import Fleet
import HTTPEngine
import Logging
import NIOCore
import OpenAIAPI
import ServingModel

/// One request that goes on to a server of the same API, and its answer on the way back, byte for byte. Confined to its
/// event loop.
final class ForwardingExchange: Exchange {
    private enum Phase {
        /// Nothing has been written. May become `streaming`, `gathering` or `ended`.
        case waiting
        /// Bytes go to the client as they come. May become `ended`.
        case streaming
        /// An answer that is no stream is kept until it is whole. May become `ended`.
        case gathering(status: Int, contentType: String, headers: [(String, String)])
        case ended
    }

    /// What the request is known by.
    let id: String
    private let prepared: PreparedForward
    private let headers: [(String, String)]
    private let sink: any ResponseSink
    private let outlet: EventOutlet
    private let metrics: GatewayMetrics
    private let logger: Logger
    private let retryAfterSeconds: Int

    private var phase = Phase.waiting
    private var attempt: ForwardingAttempt?
    private var lease: WorkerLease?
    private var reader = UsageReader(form: .whole, hidesUsage: false)
    private var hidesUsage = false
    private var whole: [UInt8] = []
    private var isPaused = false
    private let submitted: Moment
    private var lastBytes: Moment?

    /// The largest answer that is no stream.
    private static let wholeBytesMax = 256 << 20

    init(
        _ prepared: PreparedForward, headers: [(String, String)], id: String, sink: any ResponseSink,
        outlet: EventOutlet, metrics: GatewayMetrics, logger: Logger, retryAfterSeconds: Int, now: Moment
    ) {
        self.prepared = prepared
        self.headers = headers
        self.id = id
        self.sink = sink
        self.outlet = outlet
        self.metrics = metrics
        self.logger = logger
        self.retryAfterSeconds = retryAfterSeconds
        submitted = now
    }

    func submit() {
        metrics.requestBegan()
        outlet.add(self)
        guard let lease = prepared.pool.lease(WallClock.now) else {
            logger.error(
                "The engine failed a request.", metadata: ["request": "\(id)", "reason": "no worker is healthy"])
            return breakOff(.engineUnavailable(retryAfterSeconds: retryAfterSeconds))
        }
        send(to: lease)
    }

    // MARK: Exchange

    func abandon() {
        guard !hasEnded else { return }
        end(.abandoned)
    }

    func fail(_ error: APIError) { breakOff(error) }

    func setPaused(_ isPaused: Bool) {
        self.isPaused = isPaused
        attempt?.forwarding?.setPaused(isPaused)
    }

    /// Ends the answer where it is.
    func abort() {
        guard !hasEnded else { return }
        if case .streaming = phase {
            end(.abandoned)
            sink.endStream(isWhole: true)
        } else {
            breakOff(.aborted)
        }
    }

    // MARK: Sending

    private func send(to lease: WorkerLease) {
        self.lease = lease
        do throws(APIError) {
            let (request, upstream, hidesUsage) = try prepared.request(for: lease.worker, headers: headers)
            self.hidesUsage = hidesUsage
            let attempt = ForwardingAttempt(self)
            self.attempt = attempt
            attempt.forwarding = upstream.forward(request, on: outlet.loop, to: attempt)
            if isPaused { attempt.forwarding?.setPaused(true) }
        } catch {
            leaveWorker(.refused)
            breakOff(error)
        }
    }

    /// Whether the request, of which the client has no answer yet, has gone to another worker. If not, the worker is left
    /// as one that failed.
    private func sendElsewhere(after loss: WorkerLease.Loss, because reason: String) -> Bool {
        guard var lease, case .waiting = phase else { return false }
        let worker = lease.worker.id
        let hasMoved = lease.moveOn(after: loss, now: WallClock.now)
        self.lease = nil
        guard hasMoved else { return false }
        logger.info(
            "A request is tried elsewhere.",
            metadata: ["request": "\(id)", "worker": "\(worker)", "reason": "\(reason)"])
        attempt?.leave()
        send(to: lease)
        return true
    }

    /// Gives the place at the worker back, if it is still held.
    private func leaveWorker(_ outcome: WorkerOutcome) {
        lease?.end(outcome)
        lease = nil
    }

    // MARK: The answer

    func head(status: Int, contentType: String?, headers: [(String, String)]) {
        guard case .waiting = phase else { return }
        if [502, 503, 504].contains(status) {
            if sendElsewhere(after: .declined, because: "it answered with status \(status)") { return }
        } else {
            lease?.noteAnswer()
        }
        let type = contentType ?? "application/json"
        let form = AnswerForm(contentType: type)
        reader = UsageReader(form: form, hidesUsage: hidesUsage)
        if form == .events, status == 200 {
            phase = .streaming
            sink.beginStream()
        } else {
            phase = .gathering(status: status, contentType: type, headers: headers)
        }
    }

    func body(_ bytes: ByteBuffer) {
        switch phase {
        case .waiting, .ended: return
        case .streaming:
            note(WallClock.now)
            switch bytes.withUnsafeReadableBytes({ reader.read($0) }) {
            case .unchanged: sink.send(Array(bytes.readableBytesView))
            case .replaced(let bytes): if !bytes.isEmpty { sink.send(bytes) }
            }
            sink.flush()
        case .gathering:
            guard whole.count + bytes.readableBytes <= Self.wholeBytesMax else { return breakOff(.serverError) }
            whole += bytes.readableBytesView
        }
    }

    func ended(_ failure: HTTPForwardFailure?) {
        guard !hasEnded else { return }
        if let failure { return lose(failure) }
        switch phase {
        case .streaming:
            let rest = reader.finish()
            if !rest.isEmpty { sink.send(rest) }
            leaveWorker(.completed)
            end(.completed)
            sink.endStream(isWhole: true)
        case .gathering(let status, let contentType, let headers):
            whole.withUnsafeBytes { _ = reader.read($0) }
            leaveWorker(status < 400 ? .completed : status < 500 ? .refused : .failedBeforeStart)
            end(status < 400 ? .completed : .failed(status: status))
            sink.respond(
                status: status, contentType: contentType, body: whole,
                fields: headers.filter { $0.0 != "content-type" && $0.0 != "x-request-id" }
                    .map { (name: $0.0, value: $0.1) })
        case .waiting, .ended: breakOff(.engineUnavailable(retryAfterSeconds: retryAfterSeconds))
        }
    }

    private func lose(_ failure: HTTPForwardFailure) {
        let isBegun = if case .waiting = phase { false } else { true }
        if isBegun {
            lease?.breakOff(now: WallClock.now)
            lease = nil
        } else if sendElsewhere(
            after: failure.mayHaveBeenProcessed ? .unanswered : .unreachable, because: failure.reason)
        {
            return
        }
        logger.error(
            "The engine failed a request.",
            metadata: ["request": "\(id)", "reason": "\(failure.reason)", "begun": "\(isBegun)"])
        breakOff(.engineUnavailable(retryAfterSeconds: retryAfterSeconds))
    }

    /// Reads and writes of one tick count as one.
    private func note(_ now: Moment) {
        if let lastBytes {
            metrics.tokenGap(seconds: now.seconds(since: lastBytes))
        } else {
            metrics.promptDone(seconds: now.seconds(since: submitted))
        }
        lastBytes = now
    }

    // MARK: Ends

    private var hasEnded: Bool { if case .ended = phase { true } else { false } }

    private func breakOff(_ error: APIError) {
        guard !hasEnded else { return }
        let isStreaming = if case .streaming = phase { true } else { false }
        end(.failed(status: error.status))
        guard isStreaming else { return sink.respond(error) }
        var event: [UInt8] = []
        ChunkWriter.appendError(error, to: &event)
        sink.send(event)
        sink.endStream(isWhole: false)
    }

    private func end(_ outcome: GatewayMetrics.Outcome) {
        phase = .ended
        attempt?.leave()
        attempt = nil
        leaveWorker(.abandoned)
        outlet.remove(self)
        metrics.requestEnded(
            outcome, usage: reader.usage ?? TokenUsage(promptTokens: 0, completionTokens: 0, cachedTokens: 0))
    }
}
