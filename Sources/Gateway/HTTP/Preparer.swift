import NIOCore
import NIOPosix
import OpenAIAPI

/// Runs a request's decoding, rendering and tokenizing: short ones where they are, long ones on a few threads of their
/// own, so that no prompt holds up the streams of its event loop.
struct Preparer: Sendable {
    let pool: NIOThreadPool
    let inlineBodyBytes: Int

    /// Calls `then` on `loop`, at once for a short body.
    func run<Result: Sendable>(
        _ body: ByteBuffer, on loop: any EventLoop,
        _ work: @escaping @Sendable ([UInt8]) throws(APIError) -> Result,
        then: @escaping (Swift.Result<Result, APIError>) -> Void
    ) {
        if body.readableBytes <= inlineBodyBytes { return then(Self.outcome(work, body)) }
        // Both are used on `loop` alone; the pool only carries them back.
        nonisolated(unsafe) let then = then
        pool.submit { state in
            let outcome = state == .active ? Self.outcome(work, body) : .failure(.serverError)
            loop.execute { then(outcome) }
        }
    }

    private static func outcome<Result>(
        _ work: ([UInt8]) throws(APIError) -> Result, _ body: ByteBuffer
    ) -> Swift.Result<Result, APIError> {
        do throws(APIError) {
            return .success(try work(Array(body.readableBytesView)))
        } catch {
            return .failure(error)
        }
    }
}
