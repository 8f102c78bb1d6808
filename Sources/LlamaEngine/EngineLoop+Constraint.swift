import JSONBytes
import SchemaGrammar
import ServingModel

extension EngineLoop {
    /// The grammar for an output constraint, or why there is none.
    func gate(for constraint: OutputConstraint?) throws(EngineError) -> GrammarGate? {
        let grammar: String
        switch constraint {
        case nil: return nil
        case .jsonObject: grammar = JSONGrammar.anyJSONObject
        case .jsonSchema(let text): grammar = try Self.grammar(forSchema: text)
        }
        guard let gate = GrammarGate(grammar: grammar, model: model) else {
            throw .invalid(field: "response_format", reason: "the engine refuses the grammar made from the schema")
        }
        return gate
    }

    private static func grammar(forSchema text: String) throws(EngineError) -> String {
        do {
            return try JSONGrammar.grammar(for: try JSONValue(parsing: text))
        } catch {
            throw .invalid(field: "response_format.json_schema.schema", reason: "\(error)")
        }
    }
}
