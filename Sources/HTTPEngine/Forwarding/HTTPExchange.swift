import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// What stands behind an `HTTPForwarding`.
///
/// `@unchecked Sendable` because everything that changes is touched on `loop` only.
final class HTTPExchange: @unchecked Sendable {
    /// An answer that is no success, which is read whole before the consumer gets anything of it.
    private struct Refusal {
        let status: Int
        let headers: [(String, String)]
        var body: [UInt8] = []
    }

    /// What the consumer is told last.
    private enum Outcome { case whole, failed(HTTPForwardFailure.Cause, reason: String) }

    private let loop: any EventLoop
    private let limits: HTTPUpstreamLimits
    /// Nil once the answer is over.
    private var consumer: (any HTTPAnswerConsumer)?
    private var task: HTTPClient.Task<Void>?
    private var progress = HTTPForwardFailure.Progress.unsent
    private var refusal: Refusal?
    /// Bytes that the consumer gets at the end of the tick.
    private var pending = ByteBuffer()
    private var outcome: Outcome?
    private var isDeliveryScheduled = false
    private var isPaused = false
    /// Kept while paused: the client reads on when it is fulfilled.
    private var resumption: EventLoopPromise<Void>?
    /// When the next byte must be there.
    private var due = NIODeadline.distantFuture
    private var hasBody = false
    private var timer: Scheduled<Void>?

    init(on loop: any EventLoop, limits: HTTPUpstreamLimits, consumer: any HTTPAnswerConsumer) {
        self.loop = loop
        self.limits = limits
        self.consumer = consumer
    }

    func cancel() {
        onLoop {
            guard self.outcome == nil else { return }
            self.pending.clear()
            self.fail(.cancelled, "the request was cancelled")
        }
    }

    func setPaused(_ isPaused: Bool) {
        onLoop {
            guard self.isPaused != isPaused else { return }
            self.isPaused = isPaused
            guard !isPaused, self.outcome == nil else { return }
            self.waitForBytes()
            self.resume()
        }
    }

    // MARK: The request

    /// Sends the request. Called once.
    func begin(_ request: HTTPForwardRequest, to address: HTTPUpstreamAddress, with client: HTTPClient) {
        onLoop {
            guard self.outcome == nil else { return }
            do {
                let request = try Self.request(request, to: address)
                self.waitForBytes()
                let task = client.execute(request: request, delegate: self, eventLoop: .delegate(on: self.loop))
                self.task = task
                task.futureResult.whenComplete { self.complete($0) }
            } catch {
                self.fail(.unreachable, "the request cannot be sent (\(error))")
            }
        }
    }

    private static func request(
        _ request: HTTPForwardRequest, to address: HTTPUpstreamAddress
    ) throws -> HTTPClient.Request {
        let fields = HeaderPassing.own(key: address.apiKey) + HeaderPassing.request(request.headers)
        return try HTTPClient.Request(
            url: address.base + request.path, method: HTTPMethod(rawValue: request.method),
            headers: HTTPHeaders(fields), body: request.body.readableBytes > 0 ? .byteBuffer(request.body) : nil)
    }

    // MARK: The end

    private func complete(_ result: Result<Void, any Error>) {
        guard outcome == nil else { return }
        switch result {
        case .success:
            if let refusal { deliver(refusal) }
            end(.whole)
        case .failure(let error):
            let fault = TransportFault.of(error, limits: limits)
            let neverSent = progress == .unsent && fault.cause == .lost
            fail(neverSent ? .unreachable : fault.cause, fault.reason)
        }
    }

    private func fail(_ cause: HTTPForwardFailure.Cause, _ reason: String) {
        end(.failed(cause, reason: reason))
    }

    private func end(_ outcome: Outcome) {
        guard self.outcome == nil else { return }
        self.outcome = outcome
        timer?.cancel()
        timer = nil
        // Without effect on a request that is over.
        task?.cancel()
        resume()
        scheduleDelivery()
    }

    // MARK: Delivery

    private func scheduleDelivery() {
        guard !isDeliveryScheduled else { return }
        isDeliveryScheduled = true
        loop.execute { self.deliver() }
    }

    private func deliver() {
        isDeliveryScheduled = false
        if pending.readableBytes > 0, let consumer {
            let bytes = pending
            pending = ByteBuffer()
            progress = .answering
            consumer.body(bytes)
        }
        guard let outcome, let consumer else { return }
        self.consumer = nil
        task = nil
        switch outcome {
        case .whole: consumer.ended(nil)
        case .failed(let cause, let reason):
            consumer.ended(HTTPForwardFailure(cause: cause, reason: reason, progress: progress))
        }
    }

    private func deliver(_ refusal: Refusal) {
        let answer = UpstreamErrorAnswer(status: refusal.status, body: refusal.body)
        self.refusal = nil
        consumer?.head(status: answer.status, contentType: "application/json", headers: refusal.headers)
        pending = ByteBuffer(bytes: answer.body)
    }

    // MARK: Time

    /// Sets when the next byte must be there, and sees to it that somebody looks.
    private func waitForBytes() {
        due = .now() + .seconds(hasBody ? limits.idleSeconds : limits.firstByteSeconds)
        if timer == nil { startTimer() }
    }

    private func startTimer() {
        timer = loop.scheduleTask(deadline: due) { self.lookAtTime() }
    }

    /// Bytes only move the time, which costs less than a timer for each; the timer catches up.
    private func lookAtTime() {
        timer = nil
        guard outcome == nil, !isPaused else { return }
        guard NIODeadline.now() >= due else { return startTimer() }
        let seconds = hasBody ? limits.idleSeconds : limits.firstByteSeconds
        fail(.silent, "the server sent nothing for \(seconds) s")
    }

    // MARK: Parts

    private func resume() {
        resumption?.succeed()
        resumption = nil
    }

    private func onLoop(_ body: @escaping @Sendable () -> Void) {
        if loop.inEventLoop { body() } else { loop.execute(body) }
    }
}

extension HTTPExchange: HTTPClientResponseDelegate {
    func didSendRequestHead(task: HTTPClient.Task<Void>, _ head: HTTPRequestHead) {
        progress = max(progress, .sent)
    }

    func didReceiveHead(task: HTTPClient.Task<Void>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        guard outcome == nil else { return loop.makeSucceededVoidFuture() }
        let headers = HeaderPassing.answer(head.headers)
        if (200..<300).contains(head.status.code) {
            consumer?.head(
                status: Int(head.status.code), contentType: head.headers.first(name: "content-type"),
                headers: headers.filter { $0.0 != "content-type" })
        } else {
            refusal = Refusal(
                status: Int(head.status.code), headers: headers.filter { !$0.0.hasPrefix("content-") })
        }
        return readiness()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<Void>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
        guard outcome == nil else { return loop.makeSucceededVoidFuture() }
        if !hasBody {
            // The next bytes are due sooner than the first ones were.
            hasBody = true
            timer?.cancel()
            timer = nil
        }
        waitForBytes()
        if refusal != nil {
            take(ofRefusal: buffer)
        } else {
            if pending.readableBytes == 0 { pending = buffer } else { pending.writeImmutableBuffer(buffer) }
            scheduleDelivery()
        }
        return readiness()
    }

    func didFinishRequest(task: HTTPClient.Task<Void>) {}

    /// Keeps the beginning of an answer that is no success; the rest of a long one is not waited for.
    private func take(ofRefusal buffer: ByteBuffer) {
        guard var refusal else { return }
        refusal.body += buffer.readableBytesView.prefix(limits.errorBytes - refusal.body.count)
        self.refusal = refusal
        if refusal.body.count == limits.errorBytes { complete(.success(())) }
    }

    /// Fulfilled when more may be read: at once where the consumer waits for a refusal to be whole.
    private func readiness() -> EventLoopFuture<Void> {
        guard isPaused, refusal == nil, outcome == nil else { return loop.makeSucceededVoidFuture() }
        let promise = resumption ?? loop.makePromise()
        resumption = promise
        return promise.futureResult
    }
}
