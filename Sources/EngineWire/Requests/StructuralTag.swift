import JSONBytes
import ServingModel

/// Output constraints in the language that all three engines understand: xgrammar's structural tags, as JSON.
///
/// It says less than Drover's own grammar in two places: several calls are not counted, and free text may follow calls
/// that the model began of its own accord.
enum StructuralTag {
    /// The format of a whole output: free until the trigger has come, and constrained from then on.
    static func format(
        of constraint: OutputConstraint, from trigger: ConstraintTrigger?
    ) throws(EngineError) -> JSONValue {
        guard let trigger else { return try format(of: constraint) }
        var parts: [JSONValue] = []
        if let reasoning = trigger.reasoning, reasoning.isOpen { parts.append(thought(from: [], of: reasoning)) }
        if let text = trigger.text {
            guard case .calls(let calls) = constraint else {
                throw .invalid(field: "response_format", reason: "the engine cannot wait for the text it begins with")
            }
            parts.append(try triggered(calls, by: String(decoding: text, as: UTF8.self), besides: trigger.reasoning))
        } else {
            parts.append(["type": "regex", "pattern": #"[ \n\r\t]*"#])
            parts.append(try format(of: constraint))
        }
        return sequence(parts)
    }

    private static func format(of constraint: OutputConstraint) throws(EngineError) -> JSONValue {
        switch constraint {
        case .jsonObject: json(["type": "object"])
        case .jsonSchema(let text): json(try schema(text, field: "response_format.json_schema.schema"))
        case .calls(let calls):
            if let alternative = calls.alternative {
                ["type": "or", "elements": [try format(of: calls), try format(of: alternative)]]
            } else {
                try format(of: calls)
            }
        }
    }

    /// One call or more, with what stands around all of them.
    private static func format(of calls: CallConstraint) throws(EngineError) -> JSONValue {
        sequence([text(calls.frame.opening), try list(of: calls), text(calls.frame.closing)].compactMap(\.self))
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

    /// Free text in which calls may come, and reasoning in which they may not.
    private static func triggered(
        _ calls: CallConstraint, by trigger: String, besides reasoning: ConstraintTrigger.Reasoning?
    ) throws(EngineError) -> JSONValue {
        var tags: [JSONValue]
        if calls.frame.opening.utf8.starts(with: trigger.utf8) {
            tags = [tag(calls.frame.opening, try list(of: calls), calls.frame.closing)]
        } else if calls.frame.opening.isEmpty, calls.frame.closing.isEmpty {
            tags = try Self.tags(of: calls)
        } else {
            throw .invalid(
                field: "tools",
                reason: "the engine cannot be held to this model's calls unless 'tool_choice' forces one")
        }
        var triggers = [JSONValue.string(trigger)]
        if let reasoning {
            for opening in reasoning.openings {
                triggers.append(.string(String(decoding: opening, as: UTF8.self)))
                tags.append(thought(from: opening, of: reasoning))
            }
        }
        return [
            "type": "triggered_tags", "triggers": .array(triggers), "tags": .array(tags), "at_least_one": false,
            "stop_after_first": .bool(calls.callsMax == 1 && triggers.count == 1),
        ]
    }

    /// Reasoning until it is closed.
    private static func thought(from opening: [UInt8], of reasoning: ConstraintTrigger.Reasoning) -> JSONValue {
        let tags = reasoning.closings.map { closing in
            tag(
                String(decoding: opening, as: UTF8.self), ["type": "any_text"],
                String(decoding: closing, as: UTF8.self))
        }
        return tags.count == 1 ? tags[0] : ["type": "or", "elements": .array(tags)]
    }

    // MARK: Words

    private static func tag(_ begin: String, _ content: JSONValue, _ end: String) -> JSONValue {
        ["type": "tag", "begin": .string(begin), "content": content, "end": .string(end)]
    }

    private static func json(_ schema: JSONValue) -> JSONValue { ["type": "json_schema", "json_schema": schema] }

    private static func text(_ text: String) -> JSONValue? {
        text.isEmpty ? nil : ["type": "const_string", "value": .string(text)]
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
