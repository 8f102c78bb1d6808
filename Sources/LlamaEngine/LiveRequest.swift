import Sampling
import ServingModel

/// A request that the engine's thread is working on.
final class LiveRequest {
    let request: GenerationRequest
    /// Where its events go: an index of the loop's outlets.
    let outlet: Int
    var openChoices: Set<Int>
    /// One a prompt token, if they are wanted.
    var promptLogprobs: [TokenLogprobs?]
    /// The state of the constraint before the first token, copied for each choice.
    let gate: OutputGate?

    init(request: GenerationRequest, outlet: Int, gate: OutputGate?) {
        self.request = request
        self.outlet = outlet
        self.gate = gate
        promptLogprobs = Array(
            repeating: nil, count: request.reportsPromptLogprobs ? request.prompt.count : 0)
        openChoices = Set(0..<request.choices)
    }
}

/// A choice of a live request from its first token on.
final class LiveChoice {
    let live: LiveRequest
    var sampler: Sampler
    let gate: OutputGate?
    var generated = 0

    init(live: LiveRequest, index: Int, seed: UInt64, model: LlamaModel) {
        self.live = live
        // The request's own stays as it is: a later choice begins from the start too.
        gate = live.request.choices == 1 ? live.gate : live.gate?.copy()
        sampler = Sampler(
            options: live.request.sampling, stop: live.request.stop, seed: seed &+ UInt64(index),
            vocabularySize: model.vocabularySize, endTokens: model.endTokens)
        sampler.observePrompt(live.request.prompt)
    }
}
