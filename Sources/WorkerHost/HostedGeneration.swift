import EngineWire
import NIOCore
import RPCTransport
import ServingModel
import Tokenization

/// One Generate call: what the engine reports of it goes out as vLLM's messages.
///
/// Everything happens on the call's event loop. The call keeps it alive until it has ended.
final class HostedGeneration: HostedExchange {
    private let call: RPCServerCall
    private let request: HostedRequest
    private let engine: any Engine
    private let outlet: HostOutlet
    private let live: LiveCalls
    private let writer: GenerationWriter
    private var choices: [HostedChoice]
    private var cachedTokens = 0
    private var promptLogprobs: GenerationWriter.PromptLogprobs?
    private var hasEnded = false

    init(_ request: HostedRequest, of call: RPCServerCall, _ host: EngineHost, _ outlet: HostOutlet) {
        self.call = call
        self.request = request
        self.outlet = outlet
        engine = host.engine
        live = host.live
        let generation = request.generation
        writer = GenerationWriter(.vllm, wireID: request.wireID, promptTokens: generation.prompt.count)
        let vocabulary = request.stopTexts.isEmpty ? nil : host.tokenizer?.vocabulary
        choices = (0..<generation.choices).map { index in
            let watch = vocabulary.map { vocabulary in
                StopTextWatch(
                    request.stopTexts, minTokens: generation.stop.minTokens, vocabulary: vocabulary,
                    showsControlTokens: request.showsControlTokens)
            }
            return HostedChoice(index: index, watch: watch)
        }
    }

    private var id: RequestID { request.generation.id }

    func start() {
        let loop = call.eventLoop
        outlet.register(self, for: id)
        let abort = SendableAbort(generation: self)
        live.add(id, wireID: request.wireID, promptTokens: request.generation.prompt.count) {
            loop.execute { abort.generation?.abort() }
        }
        call.onCancelled = { [self] in
            engine.cancel(id, choice: nil)
            forget()
        }
        call.onWritable = { [self] isWritable in engine.setPaused(id, !isWritable) }
        engine.submit(request.generation, to: outlet)
    }

    // MARK: Events

    func take(_ event: GenerationEvent) {
        guard !hasEnded else { return }
        switch event {
        case .started(_, let report): start(report)
        case .token(_, let choice, let token):
            if choices[choice].append(trimmed(token)) { engine.cancel(id, choice: choice) }
        case .finished(_, let choice, let reason):
            choices[choice].finish(reason, stopTokens: request.generation.stop.stopTokens)
        case .failed(_, let error): end(error.status)
        case .embedded: end(RPCStatus(.internal, "the engine answered a generation with an embedding"))
        }
    }

    private func start(_ report: PromptReport) {
        live.start(id)
        cachedTokens = report.cachedTokens
        guard let top = request.topPromptLogprobs else { return }
        promptLogprobs = GenerationWriter.PromptLogprobs(
            tokens: request.generation.prompt, logprobs: report.logprobs.map { $0.map { Self.cut($0, to: top) } })
    }

    private func trimmed(_ token: GeneratedToken) -> GeneratedToken {
        guard let logprobs = token.logprobs else { return token }
        return GeneratedToken(id: token.id, logprobs: request.topLogprobs.map { Self.cut(logprobs, to: $0) })
    }

    private static func cut(_ logprobs: TokenLogprobs, to top: Int) -> TokenLogprobs {
        guard logprobs.top.count > top else { return logprobs }
        return TokenLogprobs(logprob: logprobs.logprob, top: Array(logprobs.top.prefix(top)))
    }

    func flush() {
        guard !hasEnded else { return }
        let isOver = choices.allSatisfy { $0.end != nil }
        if request.generation.isStreamed {
            for at in choices.indices {
                choices[at].stream(writer, cachedTokens: cachedTokens, prompt: promptLogprobs) { call.send($0) }
            }
        } else if isOver {
            for at in choices.indices {
                call.send(choices[at].whole(writer, cachedTokens: cachedTokens, prompt: promptLogprobs))
            }
        }
        if isOver { end(.ok) } else { call.flush() }
    }

    // MARK: Ends

    /// What an Abort call does: the client is told so, as vLLM tells it.
    private func abort() {
        guard !hasEnded else { return }
        engine.cancel(id, choice: nil)
        for at in choices.indices { choices[at].abort() }
        flush()
    }

    private func end(_ status: RPCStatus) {
        forget()
        call.finish(status)
    }

    private func forget() {
        hasEnded = true
        outlet.forget(id)
        live.remove(id)
        // They hold this object.
        call.onCancelled = nil
        call.onWritable = nil
    }

    /// Carries the generation to its own event loop.
    // @unchecked because the generation is touched on its event loop alone.
    private final class SendableAbort: @unchecked Sendable {
        weak var generation: HostedGeneration?
        init(generation: HostedGeneration) { self.generation = generation }
    }
}
