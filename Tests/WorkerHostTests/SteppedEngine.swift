import Dispatch
import ServingModel
import ServingTesting

/// A scripted engine that goes on by itself, until it is held.
final class SteppedEngine: Engine {
    let script: ScriptedEngine
    private let queue = DispatchQueue(label: "engine")
    private let stepsItself: Bool

    /// - Parameter stepsItself: Otherwise the test says `step`.
    init(
        stepsItself: Bool = true, contextTokens: Int = 256, parallelSequences: Int = 8, queueRequests: Int = 4,
        now: @escaping @Sendable () -> Moment
    ) {
        let card = EngineCard(
            model: ModelID("scripted"), contextTokens: contextTokens, parallelSequences: parallelSequences,
            vocabularySize: 288)
        script = ScriptedEngine(card: card, queueRequests: queueRequests, now: now)
        self.stepsItself = stepsItself
    }

    var card: EngineCard { script.card }

    func submit(_ request: GenerationRequest, to consumer: any EventConsumer) {
        script.submit(request, to: consumer)
        run()
    }

    func cancel(_ request: RequestID, choice: Int?) {
        script.cancel(request, choice: choice)
        run()
    }

    func setPaused(_ request: RequestID, _ isPaused: Bool) {
        script.setPaused(request, isPaused)
        run()
    }

    func snapshot() -> WorkerSnapshot { script.snapshot() }

    func shutDown() async { await script.shutDown() }

    /// Computes some steps, one after the other with others'.
    func step(_ count: Int = 1) {
        queue.async { [script] in for _ in 0..<count { script.step() } }
    }

    /// Computes a step before it returns.
    func stepAtOnce() { queue.sync { [script] in _ = script.step() } }

    private func run() {
        guard stepsItself else { return }
        queue.async { [script] in script.run() }
    }
}
