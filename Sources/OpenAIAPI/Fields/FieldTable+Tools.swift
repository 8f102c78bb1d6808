import JSONBytes

extension FieldTable {
    /// The functions that a model is told of, as requests for chat completions and for tokenization have them.
    static let toolFields: [Field] = [
        Field("tools", .honoured("array of at most \(limits.tools) functions")),
        Field("tools[].type", .honoured("required; `function`")),
        Field("tools[].function", .honoured("required; an object")),
        Field("tools[].function.name", .honoured("required; 1 to 64 letters, digits, `_` and `-`; no name twice")),
        Field("tools[].function.description", .honoured("string, for the template")),
        Field("tools[].function.parameters", .honoured("a JSON Schema of an object; absent, there are none")),
        Field(
            "tools[].function.strict",
            .honoured(
                "boolean, default false; the arguments of a call then always satisfy the schema (those of a forced call "
                    + "do in either case); refused where the model's format cannot be held to it"),
            constrainedByEngine),
        Field("tools[].custom", .refused("tools are functions; describe one in `function`")),
    ]

    static let toolChoiceFields: [Field] = [
        Field(
            "tool_choice",
            .honoured(
                "`none`, `auto` (the default), `required`, or an object that names a function or allows some of them"),
            constrainedByEngine),
        Field("tool_choice.type", .honoured("required; `function` or `allowed_tools`")),
        Field("tool_choice.function", .honoured("object, required by the type `function`")),
        Field("tool_choice.function.name", .honoured("required; the name of one of `tools`")),
        Field("tool_choice.allowed_tools", .honoured("object, required by the type `allowed_tools`")),
        Field("tool_choice.allowed_tools.mode", .honoured("required; `auto` or `required`")),
        Field("tool_choice.allowed_tools.tools", .honoured("required; at least one of `tools`, by type and name")),
        Field("tool_choice.allowed_tools.tools[].type", .honoured("required; `function`")),
        Field("tool_choice.allowed_tools.tools[].function", .honoured("required; an object")),
        Field("tool_choice.allowed_tools.tools[].function.name", .honoured("required; the name of one of `tools`")),
        Field("tool_choice.custom", .refused("tools are functions; name one in `function`")),
        Field(
            "parallel_tool_calls",
            .honoured("boolean, default true; false ends an answer behind its first call")),
        Field("functions", .refused("use `tools`", unless: [[]])),
        Field("function_call", .refused("use `tool_choice`", unless: ["none"])),
    ]

    static let reasoningFields: [Field] = [
        Field(
            "reasoning_effort",
            .honoured(
                ReasoningEffort.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
                    + "; the template's variable of this name, and whether it lets the model think")),
        Field("include_reasoning", .honoured("boolean, default true; false leaves reasoning out of the answer")),
        Field(
            "separate_reasoning",
            .honoured("boolean, default true; false leaves reasoning in the content, as the model wrote it")),
        Field("stream_reasoning", .refused("reasoning is streamed as it comes", unless: [true])),
    ]
}
