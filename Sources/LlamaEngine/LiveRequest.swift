import Sampling
import ServingModel

/// A request that the engine's thread is working on.
final class LiveRequest {
    let request: GenerationRequest
    /// Where its events go: an index of the loop's outlets.
    let outlet: Int
    var openChoices: Set<Int>
    /// One a prompt token that has been processed, if they are wanted.
    var promptLogprobs: [TokenLogprobs?]
    /// The state of the grammar before the first token, copied for each choice.
    let grammar: GrammarGate?

    init(request: GenerationRequest, outlet: Int, grammar: GrammarGate?) {
        self.request = request
        self.outlet = outlet
        self.grammar = grammar
        promptLogprobs = request.reportsPromptLogprobs ? [nil] : []
        openChoices = Set(0..<request.choices)
    }
}

/// A choice of a live request from its first token on.
final class LiveChoice {
    let live: LiveRequest
    var sampler: Sampler
    let grammar: GrammarGate?
    var generated = 0

    init(live: LiveRequest, index: Int, seed: UInt64, model: LlamaModel) {
        self.live = live
        // The request's own stays as it is: a later choice begins from the start too.
        grammar = live.request.choices == 1 ? live.grammar : live.grammar?.copy()
        sampler = Sampler(
            options: live.request.sampling, stop: live.request.stop, seed: seed &+ UInt64(index),
            vocabularySize: model.vocabularySize, endTokens: model.endTokens)
        sampler.observePrompt(live.request.prompt)
    }
}
