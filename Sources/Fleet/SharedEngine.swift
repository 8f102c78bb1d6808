package import NIOCore
package import ServingModel

/// One engine for all event loops: it has a thread of its own.
package final class SharedEngine: EngineSource {
    private let engine: any Engine

    package init(_ engine: any Engine) { self.engine = engine }

    package var card: EngineCard { engine.card }

    /// The engine's own queue says when it is full.
    package func load(_ now: Moment) -> WorkerLoad? { .unknown }

    package func engine(on loop: any EventLoop) -> any Engine { engine }

    package func shutDown() async { await engine.shutDown() }
}
