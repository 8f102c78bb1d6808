/// Every format that the parser knows, each a value.
enum OutputFormats {
    /// In the order in which templates are looked at: a format whose marks others share stands behind them.
    static let all: [OutputFormat] = [hermes, plainJSON]

    static let plainJSON = OutputFormat(
        "plain-json", models: "any model, when a call is forced; models without a format of their own",
        syntax: FormatSyntax(
            reasoning: .think,
            calls: [CallBlock(body: .object(ObjectSyntax()))]),
        templates: [],
        forcedCall: ForcedCallShape(
            opening: "[", beforeName: "{\"name\": \"", beforeArguments: "\", \"arguments\": ", afterArguments: "}",
            between: ", ", closing: "]"))

    static let hermes = OutputFormat(
        "hermes", models: "Hermes 2 Pro and 3, Qwen 2.5, QwQ, Qwen 3",
        syntax: FormatSyntax(
            reasoning: .think,
            calls: [
                CallBlock(opens: ["<tool_call>"], closes: ["</tool_call>"], body: .object(ObjectSyntax()))
            ]),
        templates: [["<tool_call>", "</tool_call>", "\"arguments\""]],
        modelNames: ["hermes-2-pro", "hermes-3", "qwen2.5", "qwen3", "qwq"],
        forcedCall: ForcedCallShape(
            beforeName: "<tool_call>\n{\"name\": \"", beforeArguments: "\", \"arguments\": ",
            afterArguments: "}\n</tool_call>", between: "\n"))
}
