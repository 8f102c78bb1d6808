import JSONBytes
import SchemaGrammar
import ServingModel

/// Output constraints in the language that all three engines understand: xgrammar's structural tags, as JSON.
///
/// It says less than Drover's own grammar in two places: several calls are not counted, and free text may follow calls
/// that the model began of its own accord. Calls whose arguments are not plain JSON go as Drover's own grammar, which is
/// in llama.cpp's GBNF, as xgrammar has it too.
enum StructuralTag {
    /// The format of a whole output: free until the trigger has come, and constrained from then on.
    static func format(
        of constraint: OutputConstraint, from trigger: ConstraintTrigger?
    ) throws(EngineError) -> JSONValue {
        guard let trigger else { return try format(of: constraint) }
        var parts: [JSONValue] = []
        if let aside = trigger.aside, aside.isOpen { parts.append(either(asides(from: [], aside))) }
        if !trigger.openings.isEmpty {
            guard case .calls(let calls) = constraint else {
                throw .invalid(field: "response_format", reason: "the engine cannot wait for the text it begins with")
            }
            parts.append(try triggered(calls, by: trigger.openings, besides: trigger.aside))
        } else {
            parts.append(["type": "regex", "pattern": #"[ \n\r\t]*"#])
            parts.append(try format(of: constraint))
        }
        return sequence(parts)
    }

    private static func format(of constraint: OutputConstraint) throws(EngineError) -> JSONValue {
        switch constraint {
        case .jsonObject: return json(["type": "object"])
        case .jsonSchema(let text): return json(try schema(text, field: "response_format.json_schema.schema"))
        case .grammar(let text): return grammar(text)
        case .calls(let calls):
            var choices = [try format(of: calls)]
            if let alternative = calls.alternative { choices.append(try format(of: alternative)) }
            return either(choices)
        }
    }

    /// One call or more, with what stands around all of them.
    private static func format(of calls: CallConstraint) throws(EngineError) -> JSONValue {
        guard calls.frame.isPlainJSON else { return try grammar(of: calls, behind: "") }
        return sequence([text(calls.frame.opening), try list(of: calls), text(calls.frame.closing)].compactMap(\.self))
    }

    private static func list(of calls: CallConstraint) throws(EngineError) -> JSONValue {
        [
            "type": "tags_with_separator", "tags": .array(try tags(of: calls)),
            "separator": .string(calls.frame.between), "at_least_one": true,
            "stop_after_first": .bool(calls.callsMax == 1),
        ]
    }

    /// A tag a function.
    private static func tags(of calls: CallConstraint) throws(EngineError) -> [JSONValue] {
        var tags: [JSONValue] = []
        for function in calls.functions {
            // Where the arguments need not be held to the schema, the engine should not fail at it either.
            let parameters: JSONValue =
                function.isStrict ? try schema(function.parameters, field: function.field) : ["type": "object"]
            tags.append(
                tag(
                    calls.frame.beforeName + function.name + calls.frame.beforeArguments, json(parameters),
                    calls.frame.afterArguments))
        }
        return tags
    }

    /// Calls in Drover's own grammar, of which a text has come already.
    private static func grammar(of calls: CallConstraint, behind prefix: String) throws(EngineError) -> JSONValue {
        var calls = calls
        calls.alternative = nil
        return grammar(try ConstraintGrammar.grammar(for: calls, behind: prefix))
    }

    /// Free text in which calls may come, and asides in which they may not.
    private static func triggered(
        _ calls: CallConstraint, by openings: [ConstraintTrigger.Opening], besides aside: ConstraintTrigger.Aside?
    ) throws(EngineError) -> JSONValue {
        var (tags, triggers): ([JSONValue], [JSONValue]) = ([], [])
        for opening in openings {
            let text = String(decoding: opening.text, as: UTF8.self)
            let begin = calls.frame.opening + calls.frame.beforeName
            guard begin.utf8.starts(with: opening.standsFor) else {
                throw .invalid(field: "tools", reason: "the engine cannot wait for the text that calls begin with")
            }
            triggers.append(.string(text))
            if !calls.frame.isPlainJSON || opening.text != opening.standsFor {
                let begun = String(decoding: opening.standsFor, as: UTF8.self)
                tags.append(tag(text, try grammar(of: calls, behind: begun), ""))
            } else if calls.frame.opening.utf8.starts(with: opening.text) {
                tags.append(tag(calls.frame.opening, try list(of: calls), calls.frame.closing))
            } else if calls.frame.opening.isEmpty, calls.frame.closing.isEmpty {
                tags += try Self.tags(of: calls)
            } else {
                tags.append(tag(text, try grammar(of: calls, behind: text), ""))
            }
        }
        for opening in aside?.openings ?? [] {
            triggers.append(.string(String(decoding: opening, as: UTF8.self)))
            tags += aside.map { asides(from: opening, $0) } ?? []
        }
        return [
            "type": "triggered_tags", "triggers": .array(triggers), "tags": .array(tags), "at_least_one": false,
            "stop_after_first": .bool(calls.callsMax == 1 && aside?.openings.isEmpty ?? true),
        ]
    }

    /// An aside until it is closed, one for each way to close it.
    private static func asides(from opening: [UInt8], _ aside: ConstraintTrigger.Aside) -> [JSONValue] {
        aside.closings.map { closing in
            tag(
                String(decoding: opening, as: UTF8.self), ["type": "any_text"],
                String(decoding: closing, as: UTF8.self))
        }
    }

    // MARK: Words

    private static func tag(_ begin: String, _ content: JSONValue, _ end: String) -> JSONValue {
        ["type": "tag", "begin": .string(begin), "content": content, "end": .string(end)]
    }

    private static func json(_ schema: JSONValue) -> JSONValue { ["type": "json_schema", "json_schema": schema] }

    private static func grammar(_ text: String) -> JSONValue { ["type": "grammar", "grammar": .string(text)] }

    private static func text(_ text: String) -> JSONValue? {
        text.isEmpty ? nil : ["type": "const_string", "value": .string(text)]
    }

    private static func either(_ choices: [JSONValue]) -> JSONValue {
        choices.count == 1 ? choices[0] : ["type": "or", "elements": .array(choices)]
    }

    private static func sequence(_ parts: [JSONValue]) -> JSONValue {
        parts.count == 1 ? parts[0] : ["type": "sequence", "elements": .array(parts)]
    }

    private static func schema(_ text: String, field: String) throws(EngineError) -> JSONValue {
        do {
            return try JSONValue(parsing: text)
        } catch {
            throw .invalid(field: field, reason: "\(error)")
        }
    }
}
