package import NIOCore
package import ServingModel

/// Where a model's requests are generated, seen from the event loops that serve its clients.
package protocol EngineSource: AnyObject, Sendable {
    /// What it serves.
    var card: EngineCard { get }

    /// What the next request would find; nil if no engine could take it. Changes nothing.
    func load(_ now: Moment) -> WorkerLoad?

    /// The engine that requests of one event loop are handed to, on that loop. Its events may come on the same loop.
    func engine(on loop: any EventLoop) -> any Engine

    /// Ends what still runs; the event loops are still there.
    func shutDown() async
}
