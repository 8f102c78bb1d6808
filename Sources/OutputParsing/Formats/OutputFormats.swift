import ServingModel

/// Every format that the parser knows, each a value.
enum OutputFormats {
    /// In the order in which templates are looked at: a format whose marks others share stands behind them.
    static let all: [OutputFormat] = [
        harmony, muse, functionary32, kimiK3, kimiK2, minimaxM3, minimaxM2, deepseekV32, deepseekV4, deepseekV3,
        deepseekV31, step3,
        command, commandR, mistral, mistralArray, gemma, lfm, apertus, nemotron, gigachat31, gigachat, solar, seed,
        hunyuan,
        apriel, longcat, olmo, glm, minicpm, qwenCoder, functionary31, hunyuanA13B, toolCallsArray, phi, granite,
        firefunction, internlm, llama4, llama3, hermes, xlam, think, plainJSON,
    ]

    static let plainJSON = OutputFormat(
        "plain-json", models: "any model when a call is forced",
        syntax: FormatSyntax(
            reasoning: .think,
            calls: [
                CallBlock(body: .object(ObjectSyntax())),
                CallBlock(opens: ["```json\n"], closes: ["```"], body: .object(ObjectSyntax()), needsKnownTool: true),
            ]),
        templates: [],
        forcedCall: CallConstraint.Frame(
            opening: "[", beforeName: "{\"name\": \"", beforeArguments: "\", \"arguments\": ", afterArguments: "}",
            between: ", ", closing: "]"))

    /// Reasoning between tags, and no calls.
    static let think = OutputFormat(
        "think", models: "DeepSeek R1's distillations and others that reason and call no tools",
        syntax: FormatSyntax(
            reasoning: ReasoningSyntax(opens: ["<think>", "◁think▷"], closes: ["</think>", "◁/think▷"])),
        templates: [["</think>"], ["<think>"], ["◁/think▷"]], modelNames: ["rwkv"])
}
