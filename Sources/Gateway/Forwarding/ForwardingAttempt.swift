import HTTPEngine
import NIOCore

/// One try of a forwarded request. What comes of a try that was left for another one is dropped.
final class ForwardingAttempt: HTTPAnswerConsumer {
    var forwarding: HTTPForwarding?
    private weak var exchange: ForwardingExchange?

    init(_ exchange: ForwardingExchange) { self.exchange = exchange }

    func leave() {
        exchange = nil
        forwarding?.cancel()
    }

    func head(status: Int, contentType: String?, headers: [(String, String)]) {
        exchange?.head(status: status, contentType: contentType, headers: headers)
    }

    func body(_ bytes: ByteBuffer) { exchange?.body(bytes) }

    func ended(_ failure: HTTPForwardFailure?) { exchange?.ended(failure) }
}
