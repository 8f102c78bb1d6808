package import ServingModel
import StepScheduling
import Synchronization

/// The embedded engine: llama.cpp behind the engine protocol, with continuous batching and prefix sharing.
///
/// One thread owns the context and does all of the engine's work but the making of grammars; the verbs only leave it a
/// command.
package final class EmbeddedEngine: Engine {
    package let card: EngineCard
    private let mailbox: Mailbox<Command>
    private let constraints: ConstraintCompiler
    private let loop: LoopBox
    private let end = EndSignal()

    /// Between two attempts to flush the cache of an engine that is busy.
    private static let flushInterval = Duration.milliseconds(50)

    /// Makes the context and starts the thread. `drawSeed` seeds requests that name no seed; `now` is the process's
    /// monotonic clock, on which queue deadlines stand.
    package init(
        model: LlamaModel, configuration: LlamaConfiguration, drawSeed: @escaping @Sendable () -> UInt64,
        now: @escaping @Sendable () -> Moment
    ) throws(LlamaError) {
        let limits = try configuration.limits(for: model)
        let context = try LlamaContext(model: model, configuration: configuration, limits: limits)
        card = EngineCard(
            model: configuration.model, contextTokens: limits.contextTokens,
            parallelSequences: limits.parallelSequences, vocabularySize: model.vocabularySize)
        mailbox = Mailbox()
        constraints = ConstraintCompiler(model: model)
        loop = LoopBox(
            EngineLoop(context: context, limits: limits, mailbox: mailbox, drawSeed: drawSeed, now: now))
        OwnerThread.start { [loop, mailbox, end] in
            let late = loop.loop.run() + mailbox.close()
            for command in late {
                switch command {
                case .submit(let request, let consumer): consumer.consume([.failed(request.id, .stopping)])
                case .flushCache(let answer): answer(nil)
                default: break
                }
            }
            end.signal()
        }
    }

    package func submit(_ request: GenerationRequest, to consumer: any EventConsumer) {
        guard mailbox.post(.submit(request, consumer)) else {
            return consumer.consume([.failed(request.id, .stopping)])
        }
        guard let constraint = request.constraint else { return }
        constraints.compile(constraint, from: request.constraintTrigger) { [mailbox, id = request.id] outcome in
            mailbox.post(.constrained(id, outcome))
        }
    }

    package func cancel(_ request: RequestID, choice: Int?) { mailbox.post(.cancel(request, choice: choice)) }

    package func setPaused(_ request: RequestID, _ isPaused: Bool) { mailbox.post(.setPaused(request, isPaused)) }

    package func snapshot() -> WorkerSnapshot { loop.loop.snapshot }

    /// Forgets the KV of requests that have ended; what runs keeps its own. Waits at most so long until nothing runs, and
    /// less if its task is cancelled.
    package func flushCache(waitSeconds: Double) async -> CacheFlush {
        let end = ContinuousClock.now + .seconds(waitSeconds)
        var total = CacheFlush(freedTokens: 0, liveRequests: 0)
        while let flush = await flushCache() {
            total.freedTokens += flush.freedTokens
            total.liveRequests = flush.liveRequests
            guard flush.liveRequests > 0, ContinuousClock.now < end else { break }
            guard (try? await ContinuousClock().sleep(for: Self.flushInterval)) != nil else { break }
        }
        return total
    }

    /// Nil if the engine has stopped, and holds nothing any more.
    private func flushCache() async -> CacheFlush? {
        await withCheckedContinuation { continuation in
            if !mailbox.post(.flushCache { continuation.resume(returning: $0) }) { continuation.resume(returning: nil) }
        }
    }

    package func shutDown() async {
        mailbox.post(.shutDown)
        constraints.stop()
        await end.wait()
    }
}

/// Hands the loop to its thread.
// @unchecked because the loop is used by its own thread alone, but for `snapshot`, which locks.
private final class LoopBox: @unchecked Sendable {
    let loop: EngineLoop
    init(_ loop: EngineLoop) { self.loop = loop }
}
