import JSONBytes

/// How much a model is asked to think before it answers.
enum ReasoningEffort: String, CaseIterable {
    case none, minimal, low, medium, high, xhigh, max

    /// Names that templates have for "may think", in DeepSeek's and in most others.
    private static let switches = ["enable_thinking", "thinking"]

    /// Nil if the request does not ask for one.
    init?(_ fields: FieldReader) throws(APIError) {
        guard let name = try fields.string("reasoning_effort") else { return nil }
        guard let effort = ReasoningEffort(rawValue: name) else {
            throw .wrongValue(
                fields.param("reasoning_effort"),
                expected: "one of " + Self.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "),
                got: JSONValue.string(name).text)
        }
        self = effort
    }

    /// Sets the template's variables, but for those that the client has set itself.
    func apply(to arguments: inout JSONObject) {
        let variables =
            [("reasoning_effort", JSONValue.string(rawValue))] + Self.switches.map { ($0, .bool(self != .none)) }
        for (name, value) in variables where arguments[name] == nil { arguments[name] = value }
    }
}
