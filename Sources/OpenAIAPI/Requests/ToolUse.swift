import JSONBytes

/// The functions that an answer may call, and whether it has to.
package struct ToolUse: Sendable, Equatable {
    package enum Choice: Sendable {
        /// The model decides.
        case auto
        /// The answer is at least one call.
        case required
        /// The answer is one call, of the one function that there is.
        case named
    }

    package let choice: Choice
    /// Those that may be called; never empty.
    package let tools: [FunctionTool]
    /// Whether one answer may hold several calls.
    package let allowsParallelCalls: Bool

    /// Nil if nothing may be called.
    init?(_ fields: FieldReader, tools: [FunctionTool]) throws(APIError) {
        let isParallel = try fields.bool("parallel_tool_calls") ?? true
        guard let (choice, callable) = try Self.choice(fields, tools: tools), !callable.isEmpty else { return nil }
        self.choice = choice
        self.tools = callable
        allowsParallelCalls = isParallel && choice != .named
    }

    private static func choice(
        _ fields: FieldReader, tools: [FunctionTool]
    ) throws(APIError) -> (Choice, [FunctionTool])? {
        switch fields.value("tool_choice") {
        case nil, "auto"?: return (.auto, tools)
        case "none"?: return nil
        case "required"?:
            guard !tools.isEmpty else { throw .invalid(fields.param("tool_choice"), "there are no tools to call") }
            return (.required, tools)
        case .string(let text)?:
            throw .wrongValue(
                fields.param("tool_choice"), expected: "\"none\", \"auto\", \"required\" or an object",
                got: JSONValue.string(text).text)
        case .object?:
            guard let object = try fields.object("tool_choice") else { return nil }
            return try choice(object: object, tools: tools)
        case let value?:
            throw .wrongType(fields.param("tool_choice"), expected: "a string or an object", got: value)
        }
    }

    private static func choice(
        object: FieldReader, tools: [FunctionTool]
    ) throws(APIError) -> (Choice, [FunctionTool]) {
        guard let type = try object.nonEmptyString("type") else { throw .missing(object.param("type")) }
        let forms = ["function", "allowed_tools"]
        guard forms.contains(type) else {
            throw .wrongValue(
                object.param("type"), expected: "\"function\" or \"allowed_tools\"", got: JSONValue.string(type).text)
        }
        for other in forms where other != type && object.value(other) != nil {
            throw .invalid(object.param(other), "it is only allowed when the type is \"\(other)\"")
        }
        if type == "function" { return (.named, [try named(object, of: tools)]) }
        guard let allowed = try object.object("allowed_tools") else { throw .missing(object.param("allowed_tools")) }
        return try choice(allowed: allowed, tools: tools)
    }

    private static func choice(
        allowed: FieldReader, tools: [FunctionTool]
    ) throws(APIError) -> (Choice, [FunctionTool]) {
        guard let mode = try allowed.nonEmptyString("mode") else { throw .missing(allowed.param("mode")) }
        guard mode == "auto" || mode == "required" else {
            throw .wrongValue(
                allowed.param("mode"), expected: "\"auto\" or \"required\"", got: JSONValue.string(mode).text)
        }
        guard let elements = try allowed.array("tools") else { throw .missing(allowed.param("tools")) }
        guard !elements.isEmpty else {
            throw .wrongValue(allowed.param("tools"), expected: "at least one tool", got: "none")
        }
        var names: Set<String> = []
        for (index, element) in elements.enumerated() {
            let tool = try allowed.element(element, of: "tools", at: index)
            try FunctionTool.checkType(tool, isRequired: true)
            names.insert(try named(tool, of: tools).name)
        }
        return (mode == "auto" ? .auto : .required, tools.filter { names.contains($0.name) })
    }

    /// The tool that `function.name` names.
    private static func named(_ fields: FieldReader, of tools: [FunctionTool]) throws(APIError) -> FunctionTool {
        guard let function = try fields.object("function") else { throw .missing(fields.param("function")) }
        guard let name = try function.nonEmptyString("name") else { throw .missing(function.param("name")) }
        guard let tool = tools.first(where: { $0.name == name }) else {
            throw .invalid(function.param("name"), "no tool has the name \(JSONValue.string(name).text)")
        }
        return tool
    }
}
