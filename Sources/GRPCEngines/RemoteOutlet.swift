import NIOCore
import ServingModel

/// Gathers the events of a remote engine, and hands those of one read to the consumer at once.
///
/// The memory of a batch is used again for the batch after the next.
final class RemoteOutlet {
    private let loop: any EventLoop
    private var consumer: (any EventConsumer)?
    /// What leaves with the next flush.
    var batch: [GenerationEvent] = []
    private var spare: [GenerationEvent] = []
    private var isFlushScheduled = false

    init(loop: any EventLoop) { self.loop = loop }

    /// Names the one consumer of all requests.
    func setConsumer(_ consumer: any EventConsumer) {
        loop.preconditionInEventLoop()
        precondition(self.consumer == nil || self.consumer === consumer, "an engine on a loop has one consumer")
        self.consumer = consumer
    }

    /// Adds an event that no read brings. It leaves when the loop has done what it does now: the consumer gets no event
    /// inside of its own verbs.
    func report(_ event: GenerationEvent) {
        batch.append(event)
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        loop.assumeIsolated().execute {
            self.isFlushScheduled = false
            self.flush()
        }
    }

    /// Hands out what has come; after each read of a connection.
    func flush() {
        guard !batch.isEmpty else { return }
        swap(&batch, &spare)
        consumer?.consume(spare)
        spare.removeAll(keepingCapacity: true)
    }
}
