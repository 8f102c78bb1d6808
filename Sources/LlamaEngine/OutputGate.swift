import CLlama
import ServingModel

/// Holds one choice's output to its constraint, from the first token or from a trigger on. Used by one thread at a
/// time.
final class OutputGate {
    private enum State {
        /// May become `holding`, when the trigger has come.
        case free(TriggerScanner, ConstraintTrigger)
        /// Stays so.
        case holding
    }

    private let grammar: GrammarGate
    private let model: LlamaModel
    private var state: State

    /// - Parameter trigger: nil holds from the first token on.
    convenience init(_ grammar: GrammarGate, from trigger: ConstraintTrigger?, model: LlamaModel) {
        self.init(grammar, model, trigger.map { .free(TriggerScanner($0), $0) } ?? .holding)
    }

    private init(_ grammar: GrammarGate, _ model: LlamaModel, _ state: State) {
        self.grammar = grammar
        self.model = model
        self.state = state
    }

    /// A gate in the same state, for another choice of the request.
    func copy() -> OutputGate? { grammar.copy().map { OutputGate($0, model, state) } }

    /// Whether the output may go on with a token, or end with one that ends generations.
    func allows(_ token: TokenID) -> Bool {
        guard case .free(var scanner, let trigger) = state else { return grammar.allows(token) }
        if model.endTokens.contains(token) { return !trigger.openings.isEmpty }
        guard let rest = scanner.feed(model.piece(of: token)) else { return true }
        return grammar.copy()?.accept(rest) ?? false
    }

    /// Sets the logits of all tokens that are not allowed to -infinity.
    func mask(_ logits: UnsafeMutableBufferPointer<Float>, candidates: UnsafeMutableBufferPointer<llama_token_data>) {
        guard case .free = state else { return grammar.mask(logits, candidates: candidates) }
        for at in logits.indices where logits[at] > -.infinity && !allows(TokenID(Int32(at))) {
            logits[at] = -.infinity
        }
    }

    /// Goes on with a token that is allowed.
    func accept(_ token: TokenID) {
        guard case .free(var scanner, let trigger) = state else { return grammar.accept(token) }
        if let rest = scanner.feed(model.piece(of: token)) {
            // It was allowed, so the grammar takes it.
            _ = grammar.accept(rest)
            state = .holding
        } else {
            state = .free(scanner, trigger)
        }
    }
}
