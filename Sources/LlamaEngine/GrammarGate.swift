import CLlama
import ServingModel

/// Holds one sequence's output to a GBNF grammar, by llama.cpp's grammar sampler. Used by one thread at a time.
///
/// It can be asked about one token, or applied to the whole vocabulary, which takes a thousand times as long.
final class GrammarGate {
    private let sampler: UnsafeMutablePointer<llama_sampler>
    private let model: LlamaModel

    /// Nil if llama.cpp does not accept the grammar.
    init?(grammar: String, model: LlamaModel) {
        guard let sampler = llama_sampler_init_grammar(model.vocabulary, grammar, "root") else { return nil }
        self.sampler = sampler
        self.model = model
    }

    private init(sampler: UnsafeMutablePointer<llama_sampler>, model: LlamaModel) {
        self.sampler = sampler
        self.model = model
    }

    deinit { llama_sampler_free(sampler) }

    /// A gate in the same state, for another choice of the request.
    func copy() -> GrammarGate? { llama_sampler_clone(sampler).map { GrammarGate(sampler: $0, model: model) } }

    func allows(_ token: TokenID) -> Bool {
        if model.tokensWithNul.contains(token) { return false }
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
        for token in model.tokensWithNul { logits[Int(token.rawValue)] = -.infinity }
    }

    func accept(_ token: TokenID) { llama_sampler_accept(sampler, token.rawValue) }

    /// Goes on with a text, and returns true, or stops within it where the grammar refuses it.
    ///
    /// llama.cpp's sampler takes tokens only, so the text goes in as tokens of one byte.
    func accept(_ text: [UInt8]) -> Bool {
        for byte in text {
            guard let token = model.byteTokens[Int(byte)], allows(token) else { return false }
            accept(token)
        }
        return true
    }
}
