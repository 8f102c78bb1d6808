package import NIOCore
package import ServingModel
import Synchronization

/// The workers of a model as an engine of each event loop.
package final class PooledEngineSource: EngineSource {
    package let pool: WorkerPool
    private let now: @Sendable () -> Moment
    private let engines = Mutex<[ObjectIdentifier: PooledEngine]>([:])

    package init(_ pool: WorkerPool, now: @escaping @Sendable () -> Moment) {
        self.pool = pool
        self.now = now
    }

    package var card: EngineCard { pool.card }

    package func load(_ now: Moment) -> WorkerLoad? { pool.load(now) }

    package func engine(on loop: any EventLoop) -> any Engine {
        engines.withLock { engines in
            if let engine = engines[ObjectIdentifier(loop)] { return engine }
            let engine = PooledEngine(pool, loop: loop, now: now)
            engines[ObjectIdentifier(loop)] = engine
            return engine
        }
    }

    package func shutDown() async {
        for engine in engines.withLock({ Array($0.values) }) { await engine.shutDown() }
        for worker in pool.workers { await worker.shutDown() }
    }
}
