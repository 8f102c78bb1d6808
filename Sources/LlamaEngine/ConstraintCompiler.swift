import SchemaGrammar
import ServingModel

/// Makes the grammars of requests on a thread beside the engine's: a schema at its limits takes tens of milliseconds, in
/// which no stream would go on. One at a time, so that hostile schemas never take more than one processor.
///
/// The thread is one of its own because llama.cpp follows a grammar's alternatives by recursion.
final class ConstraintCompiler: Sendable {
    /// The state of a constraint before the first token, or why there is none.
    // @unchecked because it is handed to the engine's thread, and who made it keeps nothing of it.
    struct Outcome: @unchecked Sendable {
        let gate: Result<OutputGate, EngineError>
    }

    private enum Job: Sendable {
        case compile(OutputConstraint, ConstraintTrigger?, @Sendable (Outcome) -> Void)
        case stop
    }

    private let model: LlamaModel
    private let jobs = Mailbox<Job>()

    init(model: LlamaModel) {
        self.model = model
        OwnerThread.start { [jobs, model] in Self.run(jobs, model) }
    }

    /// Hands over, on another thread, what becomes of a constraint.
    func compile(
        _ constraint: OutputConstraint, from trigger: ConstraintTrigger?,
        then deliver: @escaping @Sendable (Outcome) -> Void
    ) {
        jobs.post(.compile(constraint, trigger, deliver))
    }

    /// Ends the thread; what it was asked for and has not made is forgotten.
    func stop() { jobs.post(.stop) }

    private static func run(_ jobs: Mailbox<Job>, _ model: LlamaModel) {
        while true {
            for job in jobs.take() {
                guard case .compile(let constraint, let trigger, let deliver) = job else { return }
                do throws(EngineError) {
                    deliver(Outcome(gate: .success(try gate(constraint, from: trigger, model))))
                } catch {
                    deliver(Outcome(gate: .failure(error)))
                }
            }
            jobs.sleep(until: nil)
        }
    }

    private static func gate(
        _ constraint: OutputConstraint, from trigger: ConstraintTrigger?, _ model: LlamaModel
    ) throws(EngineError) -> OutputGate {
        let grammar = try ConstraintGrammar.grammar(for: constraint)
        guard let gate = GrammarGate(grammar: grammar, model: model) else {
            let field = ConstraintGrammar.field(of: constraint)
            throw .invalid(field: field, reason: "the engine refuses the grammar made from it")
        }
        return OutputGate(gate, from: trigger, model: model)
    }
}
