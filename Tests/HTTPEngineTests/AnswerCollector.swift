import HTTPEngine
import NIOCore
import Testing

/// Takes an answer, and notes what it was told.
///
/// `@unchecked Sendable` because it is touched on `loop` only, until the promise hands out what it noted.
final class AnswerCollector: HTTPAnswerConsumer, @unchecked Sendable {
    struct Answer: Sendable {
        var status: Int?
        var contentType: String?
        var headers: [String: String] = [:]
        var body: [UInt8] = []
        var failure: HTTPForwardFailure?
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    private let loop: any EventLoop
    private let promise: EventLoopPromise<Answer>
    private var answer = Answer()
    /// Called on the loop behind each part of the body, with how many bytes have come.
    private let onBody: @Sendable (Int) -> Void

    init(on loop: any EventLoop, onBody: @escaping @Sendable (Int) -> Void = { _ in }) {
        self.loop = loop
        self.onBody = onBody
        promise = loop.makePromise()
    }

    /// What the answer was once it is over.
    var whole: Answer { get async throws { try await promise.futureResult.get() } }

    func head(status: Int, contentType: String?, headers: [(String, String)]) {
        #expect(loop.inEventLoop && answer.status == nil)
        answer.status = status
        answer.contentType = contentType
        answer.headers = Dictionary(headers) { first, _ in first }
    }

    func body(_ bytes: ByteBuffer) {
        #expect(loop.inEventLoop && answer.status != nil)
        answer.body += bytes.readableBytesView
        onBody(answer.body.count)
    }

    func ended(_ failure: HTTPForwardFailure?) {
        #expect(loop.inEventLoop)
        answer.failure = failure
        promise.succeed(answer)
    }
}
