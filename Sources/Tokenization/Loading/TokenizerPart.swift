import JSONBytes

/// A normalizer, pre-tokenizer, decoder or post-processor as `tokenizer.json` describes it: a type and its settings.
struct TokenizerPart {
    let type: String
    private let members: JSONObject

    /// Nil for the file's `null`.
    init?(_ value: JSONValue) throws(TokenizationError) {
        guard value != .null else { return nil }
        guard case .object(let members) = value, case .string(let type)? = members["type"] else {
            throw .malformed("a part of it has no type")
        }
        self.type = type
        self.members = members
    }

    /// A part, or the parts of a `Sequence`, which are under `name`.
    static func list(_ value: JSONValue, sequence name: String) throws(TokenizationError) -> [TokenizerPart] {
        guard let part = try TokenizerPart(value) else { return [] }
        guard part.type == "Sequence" else { return [part] }
        var parts: [TokenizerPart] = []
        for value in part.values(name) { parts += try list(value, sequence: name) }
        return parts
    }

    subscript(name: String) -> JSONValue { members[name] ?? .null }

    func values(_ name: String) -> [JSONValue] {
        guard case .array(let values)? = members[name] else { return [] }
        return values
    }

    func bool(_ name: String, default value: Bool) -> Bool {
        guard case .bool(let value)? = members[name] else { return value }
        return value
    }

    func integer(_ name: String, default value: Int) -> Int {
        guard case .integer(let value)? = members[name] else { return value }
        return value
    }

    func string(_ name: String) throws(TokenizationError) -> String {
        guard case .string(let value)? = members[name] else { throw .malformed("'\(type)' has no '\(name)'") }
        return value
    }

    func bytes(_ name: String) throws(TokenizationError) -> [UInt8] { Array(try string(name).utf8) }

    /// The member `pattern`: a literal or a regular expression.
    func pattern() throws(TokenizationError) -> TextPattern {
        guard case .object(let pattern)? = members["pattern"] else { throw .malformed("'\(type)' has no pattern") }
        if case .string(let literal)? = pattern["String"], !literal.isEmpty { return .literal(Array(literal.utf8)) }
        guard case .string(let expression)? = pattern["Regex"] else {
            throw .unsupported("'\(type)' with the pattern \(JSONValue.object(pattern).text)")
        }
        return .regex(try RegexProgram(expression))
    }
}
