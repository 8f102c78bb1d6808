package import NIOCore
package import ServingModel

/// Where a model's requests are generated, seen from the event loops that serve its clients.
package protocol EngineSource: AnyObject, Sendable {
    /// What it serves.
    var card: EngineCard { get }

    /// The outstanding requests where the next one would go; nil if no engine could take it.
    func load(_ now: Moment) -> Int?

    /// The engine that requests of one event loop are handed to, on that loop. Its events may come on the same loop.
    func engine(on loop: any EventLoop) -> any Engine

    /// Ends what still runs; the event loops are still there.
    func shutDown() async
}
