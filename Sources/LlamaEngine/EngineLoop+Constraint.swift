import JSONBytes
import SchemaGrammar
import ServingModel

extension EngineLoop {
    /// The gate for a request's output constraint, or why there is none.
    func gate(for request: GenerationRequest) throws(EngineError) -> OutputGate? {
        guard let constraint = request.constraint else { return nil }
        let grammar: String
        switch constraint {
        case .jsonObject: grammar = JSONGrammar.anyJSONObject
        case .jsonSchema(let text): grammar = try Self.grammar(forSchema: text)
        case .calls(let calls): grammar = try Self.grammar(for: calls)
        }
        guard let gate = GrammarGate(grammar: grammar, model: model) else {
            throw .invalid(field: Self.field(of: constraint), reason: "the engine refuses the grammar made from it")
        }
        return OutputGate(gate, from: request.constraintTrigger, model: model)
    }

    private static func field(of constraint: OutputConstraint) -> String {
        if case .calls = constraint { "tools" } else { "response_format" }
    }

    private static func grammar(forSchema text: String) throws(EngineError) -> String {
        do {
            return try JSONGrammar.grammar(for: try JSONValue(parsing: text))
        } catch {
            throw .invalid(field: schemaField, reason: "\(error)")
        }
    }

    private static let schemaField = "response_format.json_schema.schema"

    private static func grammar(for calls: CallConstraint) throws(EngineError) -> String {
        let frame = calls.frame
        var grammar = CallGrammar(beforeArguments: frame.beforeArguments, afterArguments: frame.afterArguments)
        for function in calls.functions { try add(function, to: &grammar) }
        do {
            switch calls.alternative {
            case nil, .calls?: break
            case .jsonObject?: try grammar.add(alternative: ["type": "object"])
            case .jsonSchema(let text)?: try grammar.add(alternative: try JSONValue(parsing: text))
            }
        } catch {
            throw .invalid(field: schemaField, reason: "\(error)")
        }
        do {
            return try grammar.text(
                opening: frame.opening + frame.beforeName, between: frame.between + frame.beforeName,
                closing: frame.closing, most: calls.callsMax)
        } catch {
            throw .invalid(field: "tools", reason: "\(error)")
        }
    }

    private static func add(
        _ function: CallConstraint.Function, to grammar: inout CallGrammar
    ) throws(EngineError) {
        do {
            return try grammar.add(function: function.name, parameters: try JSONValue(parsing: function.parameters))
        } catch {
            if function.isStrict { throw .invalid(field: function.field, reason: "\(error)") }
        }
        do {
            try grammar.add(function: function.name, parameters: ["type": "object"])
        } catch {
            throw .invalid(field: function.field, reason: "\(error)")
        }
    }
}
