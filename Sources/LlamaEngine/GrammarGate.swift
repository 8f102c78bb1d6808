import CLlama
import ServingModel

/// Holds one sequence's output to a GBNF grammar, by llama.cpp's grammar sampler. Confined to the engine's thread.
///
/// A grammar is asked about one token first, and applied to the whole vocabulary only when it refuses that one: the
/// whole takes ten times as long.
final class GrammarGate {
    private let sampler: UnsafeMutablePointer<llama_sampler>

    /// Nil if llama.cpp does not accept the grammar.
    init?(grammar: String, model: LlamaModel) {
        guard let sampler = llama_sampler_init_grammar(model.vocabulary, grammar, "root") else { return nil }
        self.sampler = sampler
    }

    private init(sampler: UnsafeMutablePointer<llama_sampler>) { self.sampler = sampler }

    deinit { llama_sampler_free(sampler) }

    /// A gate in the same state, for another choice of the request.
    func copy() -> GrammarGate? { llama_sampler_clone(sampler).map { GrammarGate(sampler: $0) } }

    func allows(_ token: TokenID) -> Bool {
        var candidate = llama_token_data(id: token.rawValue, logit: 0, p: 0)
        return withUnsafeMutablePointer(to: &candidate) { pointer in
            var candidates = llama_token_data_array(data: pointer, size: 1, selected: -1, sorted: false)
            llama_sampler_apply(sampler, &candidates)
            return pointer.pointee.logit > -.infinity
        }
    }

    /// Sets the logits of all tokens that the grammar refuses to -infinity.
    func mask(_ logits: UnsafeMutableBufferPointer<Float>, candidates: UnsafeMutableBufferPointer<llama_token_data>) {
        precondition(candidates.count == logits.count, "one candidate a token")
        for at in logits.indices { candidates[at] = llama_token_data(id: Int32(at), logit: logits[at], p: 0) }
        var array = llama_token_data_array(
            data: candidates.baseAddress, size: candidates.count, selected: -1, sorted: false)
        llama_sampler_apply(sampler, &array)
        // The sampler only lowers logits; it neither moves nor removes candidates.
        for at in logits.indices { logits[at] = candidates[at].logit }
    }

    func accept(_ token: TokenID) { llama_sampler_accept(sampler, token.rawValue) }
}
