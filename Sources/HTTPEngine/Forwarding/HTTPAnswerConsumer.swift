package import NIOCore

/// Who takes an upstream's answer. All calls come on the forwarding's event loop, and none within a call to it.
package protocol HTTPAnswerConsumer: AnyObject {
    /// The answer's status, and the header fields that a client gets. Called at most once.
    func head(status: Int, contentType: String?, headers: [(String, String)])

    /// The answer's next bytes: all that came with one read.
    func body(_ bytes: ByteBuffer)

    /// The answer is over: whole, or with what went wrong. Called exactly once, and last.
    func ended(_ failure: HTTPForwardFailure?)
}
