package import NIOCore
package import ServingModel
import Synchronization

/// The workers of a model as an engine of each event loop.
package final class PooledEngineSource: EngineSource {
    package let card: EngineCard
    private let pool: WorkerPool
    private let now: @Sendable () -> Moment
    private let engines = Mutex<[ObjectIdentifier: PooledEngine]>([:])

    /// - Parameter card: what all workers of the pool have in common.
    package init(card: EngineCard, pool: WorkerPool, now: @escaping @Sendable () -> Moment) {
        self.card = card
        self.pool = pool
        self.now = now
    }

    package func engine(on loop: any EventLoop) -> any Engine {
        engines.withLock { engines in
            if let engine = engines[ObjectIdentifier(loop)] { return engine }
            let engine = PooledEngine(card: card, pool: pool, loop: loop, now: now)
            engines[ObjectIdentifier(loop)] = engine
            return engine
        }
    }

    package func shutDown() async {
        for engine in engines.withLock({ Array($0.values) }) { await engine.shutDown() }
        for worker in pool.workers { await worker.shutDown() }
    }
}
