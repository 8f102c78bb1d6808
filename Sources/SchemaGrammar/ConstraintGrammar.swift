import JSONBytes
package import ServingModel

/// The grammars of the forms that outputs are held to.
package enum ConstraintGrammar {
    /// The grammar of a form, or why there is none: the request's field at fault and the reason.
    ///
    /// Takes less than a millisecond for common schemas, tens of them at the limits.
    package static func grammar(for constraint: OutputConstraint) throws(EngineError) -> String {
        switch constraint {
        case .jsonObject: return JSONGrammar.anyJSONObject
        case .jsonSchema(let text): return try grammar(forSchema: text)
        case .calls(let calls): return try grammar(for: calls, behind: "")
        case .grammar(let text):
            guard text.utf8.count <= SchemaLimits.grammarBytes else {
                let reason = "it has more than \(SchemaLimits.grammarBytes) bytes"
                throw .invalid(field: field(of: constraint), reason: reason)
            }
            return text
        }
    }

    /// The field to name where an engine refuses a grammar.
    package static func field(of constraint: OutputConstraint) -> String {
        switch constraint {
        case .calls: "tools"
        case .grammar: "grammar"
        case .jsonObject, .jsonSchema: "response_format"
        }
    }

    private static let schemaField = "response_format.json_schema.schema"

    private static func grammar(forSchema text: String) throws(EngineError) -> String {
        do {
            return try JSONGrammar.grammar(for: try JSONValue(parsing: text))
        } catch {
            throw .invalid(field: schemaField, reason: "\(error)")
        }
    }

    /// The grammar of calls of which a text has come already, of what stands before the first name.
    package static func grammar(
        for calls: CallConstraint, behind prefix: String
    ) throws(EngineError) -> String {
        var grammar = CallGrammar(calls.frame)
        for function in calls.functions { try add(function, to: &grammar) }
        do {
            switch calls.alternative {
            case nil, .calls?, .grammar?: break
            case .jsonObject?: try grammar.add(alternative: ["type": "object"])
            case .jsonSchema(let text)?: try grammar.add(alternative: try JSONValue(parsing: text))
            }
        } catch {
            throw .invalid(field: schemaField, reason: "\(error)")
        }
        do {
            return try grammar.text(most: calls.callsMax, behind: prefix)
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
