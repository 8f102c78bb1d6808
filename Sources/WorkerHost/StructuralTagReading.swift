import JSONBytes
import ServingModel

/// Reads xgrammar's structural tags as far as the engine can hold its output to them: JSON of a schema, calls of
/// functions (at once, or from a trigger on), text that a grammar matches, and asides before either.
///
/// That is what Drover's gateway writes of tools; other tags are refused.
struct StructuralTagReading {
    private struct Unreadable: Error {}

    /// The most calls where the tag does not say that one is all.
    private static let callsMax = 64

    static func read(_ text: String) throws(EngineError) -> (OutputConstraint, ConstraintTrigger?) {
        do {
            let tag = try JSONValue(parsing: text)
            guard type(of: tag) == "structural_tag", let format = member("format", of: tag) else { throw Unreadable() }
            return try output(format)
        } catch {
            throw .invalid(
                field: "sampling_params.structural_tag",
                reason: "this worker holds its output to JSON, to grammars, and to rows of tags with JSON in them, only"
            )
        }
    }

    /// A whole output: reasoning that is open, then white space, then what is constrained; or free text with tags.
    private static func output(_ format: JSONValue) throws -> (OutputConstraint, ConstraintTrigger?) {
        if type(of: format) == "triggered_tags" { return try triggered(format) }
        guard type(of: format) == "sequence" else { return (try constraint(format), nil) }
        var parts = list("elements", of: format)[...]
        let closings = parts.first.flatMap { thought($0) }?.filter { $0.opening.isEmpty }.map(\.closing) ?? []
        guard !closings.isEmpty else { return (try constraint(format), nil) }
        parts.removeFirst()
        let aside = ConstraintTrigger.Aside(openings: [], closings: closings, opensAnywhere: true, isOpen: true)
        if let next = parts.first, type(of: next) == "regex" { parts.removeFirst() }
        guard let rest = parts.first else { throw Unreadable() }
        if parts.count == 1, type(of: rest) == "triggered_tags" {
            let (constraint, trigger) = try triggered(rest)
            var whole = aside
            whole.openings = trigger?.aside?.openings ?? []
            return (constraint, ConstraintTrigger(openings: trigger?.openings ?? [], aside: whole))
        }
        let constrained: JSONValue =
            parts.count == 1 ? rest : ["type": "sequence", "elements": .array(Array(parts))]
        return (try constraint(constrained), ConstraintTrigger(openings: [], aside: aside))
    }

    private static func constraint(_ format: JSONValue) throws -> OutputConstraint {
        switch type(of: format) {
        case "json_schema": return .jsonSchema(try schema(format))
        case "grammar": return .grammar(try grammar(format))
        case "tags_with_separator", "sequence": return .calls(try calls(format))
        case "or":
            let elements = list("elements", of: format)
            guard elements.count == 2 else { throw Unreadable() }
            var calls = try calls(elements[0])
            calls.alternative = .jsonSchema(try schema(elements[1]))
            return .calls(calls)
        default: throw Unreadable()
        }
    }

    // MARK: Calls

    /// A row of calls, which text may stand around.
    private static func calls(_ format: JSONValue) throws -> CallConstraint {
        guard type(of: format) == "sequence" else { return try row(format, opening: "", closing: "") }
        var parts = list("elements", of: format)[...]
        var (opening, closing) = ("", "")
        if let first = parts.first, let text = constant(first) {
            opening = text
            parts.removeFirst()
        }
        if let last = parts.last, let text = constant(last) {
            closing = text
            parts.removeLast()
        }
        guard parts.count == 1, let row = parts.first else { throw Unreadable() }
        return try self.row(row, opening: opening, closing: closing)
    }

    private static func row(_ format: JSONValue, opening: String, closing: String) throws -> CallConstraint {
        guard type(of: format) == "tags_with_separator", flag("at_least_one", of: format) else { throw Unreadable() }
        return try calls(
            list("tags", of: format), between: text("separator", of: format),
            isOne: flag("stop_after_first", of: format),
            opening: opening, closing: closing)
    }

    /// The calls that tags stand for. How much of a tag's beginning is a function's name does not matter.
    private static func calls(
        _ tags: [JSONValue], between: String?, isOne: Bool, opening: String, closing: String
    ) throws -> CallConstraint {
        let ends = Set(tags.map { text("end", of: $0) ?? "" })
        guard let between, let end = ends.first, ends.count == 1 else { throw Unreadable() }
        let functions = try tags.map { tag in
            guard let begin = text("begin", of: tag), let content = member("content", of: tag) else {
                throw Unreadable()
            }
            return CallConstraint.Function(
                name: begin, parameters: try schema(content), isStrict: true, field: "sampling_params.structural_tag")
        }
        let frame = CallConstraint.Frame(
            opening: opening, beforeName: "", beforeArguments: "", afterArguments: end, between: between,
            closing: closing)
        return CallConstraint(frame: frame, functions: functions, callsMax: isOne ? 1 : callsMax)
    }

    /// Free text in which calls may come, and reasoning in which they may not.
    private static func triggered(_ format: JSONValue) throws -> (OutputConstraint, ConstraintTrigger?) {
        var tags: [JSONValue] = []
        var thoughts: [(opening: [UInt8], closing: [UInt8])] = []
        for tag in list("tags", of: format) {
            if let thought = thought(tag) { thoughts += thought } else { tags.append(tag) }
        }
        let triggers = list("triggers", of: format).compactMap(Self.string).filter { trigger in
            !thoughts.contains { $0.opening.elementsEqual(trigger.utf8) }
        }
        let aside =
            thoughts.isEmpty
            ? nil
            : ConstraintTrigger.Aside(
                openings: thoughts.map(\.opening), closings: thoughts.map(\.closing), opensAnywhere: true,
                isOpen: false)
        if let grammar = try grammarBehind(tags) {
            let openings = triggers.map { ConstraintTrigger.Opening(text: Array($0.utf8), standsFor: []) }
            return (.grammar(grammar), ConstraintTrigger(openings: openings, aside: aside))
        }
        guard triggers.count == 1, let first = tags.first, let content = member("content", of: first) else {
            throw Unreadable()
        }
        let calls: CallConstraint
        if type(of: content) == "tags_with_separator" {
            guard tags.count == 1 else { throw Unreadable() }
            calls = try row(
                content, opening: text("begin", of: first) ?? "", closing: text("end", of: first) ?? "")
        } else {
            calls = try Self.calls(
                tags, between: "", isOne: flag("stop_after_first", of: format), opening: "", closing: "")
        }
        let opening = ConstraintTrigger.Opening(text: Array(triggers[0].utf8), standsFor: Array(triggers[0].utf8))
        return (.calls(calls), ConstraintTrigger(openings: [opening], aside: aside))
    }

    /// The one grammar that goes on behind every tag's beginning; nil if the tags hold no grammars.
    private static func grammarBehind(_ tags: [JSONValue]) throws -> String? {
        let contents = tags.compactMap { member("content", of: $0) }.filter { type(of: $0) == "grammar" }
        guard let first = contents.first else { return nil }
        let grammar = try grammar(first)
        guard contents.count == tags.count, tags.allSatisfy({ text("end", of: $0) == "" }),
            try contents.allSatisfy({ try Self.grammar($0) == grammar })
        else { throw Unreadable() }
        return grammar
    }

    // MARK: Words

    /// The marks around free text, of one tag or several that may stand for each other.
    private static func thought(_ format: JSONValue) -> [(opening: [UInt8], closing: [UInt8])]? {
        let tags = type(of: format) == "or" ? list("elements", of: format) : [format]
        var marks: [(opening: [UInt8], closing: [UInt8])] = []
        for tag in tags {
            guard type(of: tag) == "tag", let content = member("content", of: tag), type(of: content) == "any_text"
            else { return nil }
            marks.append((Array((text("begin", of: tag) ?? "").utf8), Array((text("end", of: tag) ?? "").utf8)))
        }
        return marks
    }

    private static func constant(_ format: JSONValue) -> String? {
        type(of: format) == "const_string" ? text("value", of: format) : nil
    }

    private static func grammar(_ format: JSONValue) throws -> String {
        guard let text = text("grammar", of: format) else { throw Unreadable() }
        return text
    }

    private static func schema(_ format: JSONValue) throws -> String {
        guard type(of: format) == "json_schema", let schema = member("json_schema", of: format) else {
            throw Unreadable()
        }
        return schema.text
    }

    private static func type(of value: JSONValue) -> String? { text("type", of: value) }

    private static func member(_ name: String, of value: JSONValue) -> JSONValue? {
        if case .object(let object) = value { object[name] } else { nil }
    }

    private static func text(_ name: String, of value: JSONValue) -> String? { member(name, of: value).flatMap(string) }

    private static func flag(_ name: String, of value: JSONValue) -> Bool { member(name, of: value) == .bool(true) }

    private static func list(_ name: String, of value: JSONValue) -> [JSONValue] {
        if case .array(let elements)? = member(name, of: value) { elements } else { [] }
    }

    private static func string(_ value: JSONValue) -> String? {
        if case .string(let text) = value { text } else { nil }
    }
}
