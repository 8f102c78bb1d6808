import GRPCEngines
import NIOCore
import ServingModel
import Synchronization

/// A remote engine as one for any thread. Its verbs return when the loop has done what follows from them; so does the
/// server, where it lives on the same loop.
final class LoopEngine: Engine {
    /// Steps without a token that are borne while something may be on its way, as a connection that is being made.
    private static let idleStepsMax = 2000

    private let engine: RemoteEngine
    private let loop: any EventLoop
    private let compute: @Sendable () -> Bool
    private let idleSteps = Mutex(0)

    /// - Parameter compute: lets the engine behind it compute a step; false if it had nothing to do.
    init(_ engine: RemoteEngine, on loop: any EventLoop, compute: @escaping @Sendable () -> Bool) {
        self.engine = engine
        self.loop = loop
        self.compute = compute
    }

    var card: EngineCard { engine.card }

    func submit(_ request: GenerationRequest, to consumer: any EventConsumer) {
        perform { $0.submit(request, to: consumer) }
    }

    func embed(_ request: EmbeddingRequest, to consumer: any EventConsumer) {
        perform { $0.embed(request, to: consumer) }
    }

    func cancel(_ request: RequestID, choice: Int?) { perform { $0.cancel(request, choice: choice) } }

    func setPaused(_ request: RequestID, _ isPaused: Bool) { perform { $0.setPaused(request, isPaused) } }

    func snapshot() -> WorkerSnapshot { perform { $0.snapshot() } ?? WorkerSnapshot() }

    func shutDown() async { await engine.shutDown() }

    /// Lets the engine behind compute a step, and what comes of it arrive. False if nothing has come for a long time.
    func step() -> Bool {
        let hasWorked = compute()
        settle()
        return idleSteps.withLock { idle in
            idle = hasWorked ? 0 : idle + 1
            return idle < Self.idleStepsMax
        }
    }

    @discardableResult
    private func perform<Result: Sendable>(_ verb: @escaping @Sendable (RemoteEngine) -> Result) -> Result? {
        let result = try? loop.submit { [engine] in verb(engine) }.wait()
        settle()
        return result
    }

    /// Each turn reads what the turn before has written.
    private func settle() {
        for _ in 0..<4 { try? loop.submit {}.wait() }
    }
}
