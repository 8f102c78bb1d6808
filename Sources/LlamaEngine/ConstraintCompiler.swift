import Dispatch
import SchemaGrammar
import ServingModel

/// Makes the grammars of requests beside the engine's thread: a schema at its limits takes tens of milliseconds, in
/// which no stream would go on. One at a time, so that hostile schemas never take more than one processor.
final class ConstraintCompiler: Sendable {
    /// The state of a constraint before the first token, or why there is none.
    // @unchecked because it is handed to the engine's thread, and who made it keeps nothing of it.
    struct Outcome: @unchecked Sendable {
        let gate: Result<OutputGate, EngineError>
    }

    private let model: LlamaModel
    private let queue = DispatchQueue(label: "drover.grammars")

    init(model: LlamaModel) {
        self.model = model
    }

    /// Hands over what becomes of a constraint, from another thread and in the order of the calls.
    func compile(
        _ constraint: OutputConstraint, from trigger: ConstraintTrigger?,
        then deliver: @escaping @Sendable (Outcome) -> Void
    ) {
        queue.async { [self] in
            do throws(EngineError) {
                deliver(Outcome(gate: .success(try gate(constraint, from: trigger))))
            } catch {
                deliver(Outcome(gate: .failure(error)))
            }
        }
    }

    private func gate(
        _ constraint: OutputConstraint, from trigger: ConstraintTrigger?
    ) throws(EngineError) -> OutputGate {
        let grammar = try ConstraintGrammar.grammar(for: constraint)
        guard let gate = GrammarGate(grammar: grammar, model: model) else {
            let field = ConstraintGrammar.field(of: constraint)
            throw .invalid(field: field, reason: "the engine refuses the grammar made from it")
        }
        return OutputGate(gate, from: trigger, model: model)
    }
}
