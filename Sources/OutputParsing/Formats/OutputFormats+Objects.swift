import ServingModel

/// Formats whose calls are JSON objects that hold name and arguments.
extension OutputFormats {
    /// A block of JSON objects between two markers.
    private static func objects(
        _ opens: [Marker], _ closes: [Marker], _ syntax: ObjectSyntax = ObjectSyntax()
    ) -> CallBlock {
        CallBlock(opens: opens, closes: closes, body: .object(syntax))
    }

    private static func forcedList(_ opening: String, _ closing: String = "") -> CallConstraint.Frame {
        CallConstraint.Frame(
            opening: opening + "[", beforeName: "{\"name\": \"", beforeArguments: "\", \"arguments\": ",
            afterArguments: "}", between: ", ", closing: "]" + closing)
    }

    static let hermes = OutputFormat(
        "hermes", models: "Hermes 2 Pro and 3, Qwen 2.5, QwQ, Qwen 3, Granite 4, SmolLM 3, Bielik, MiMo, Reka",
        syntax: FormatSyntax(reasoning: .think, calls: [objects(["<tool_call>"], ["</tool_call>"])]),
        templates: [["<tool_call>"]],
        modelNames: ["hermes-2-pro", "hermes-3", "qwen2.5", "qwen3", "qwq", "granite-4", "smollm3", "bielik", "mimo"],
        forcedCall: CallConstraint.Frame(
            beforeName: "<tool_call>\n{\"name\": \"", beforeArguments: "\", \"arguments\": ",
            afterArguments: "}\n</tool_call>", between: "\n"))

    static let longcat = OutputFormat(
        "longcat", models: "LongCat",
        syntax: FormatSyntax(
            reasoning: ReasoningSyntax(opens: ["<longcat_think>"], closes: ["</longcat_think>"]),
            calls: [objects(["<longcat_tool_call>"], ["</longcat_tool_call>"])]),
        templates: [["<longcat_tool_call>"]], modelNames: ["longcat"],
        forcedCall: CallConstraint.Frame(
            beforeName: "<longcat_tool_call>\n{\"name\": \"", beforeArguments: "\", \"arguments\": ",
            afterArguments: "}\n</longcat_tool_call>", between: "\n"))

    static let llama3 = OutputFormat(
        "llama3-json", models: "Llama 3.1, 3.2 and 3.3",
        syntax: FormatSyntax(calls: [
            CallBlock(body: .object(ObjectSyntax())),
            objects(["<|python_tag|>"], []),
        ]),
        templates: [["<|start_header_id|>", "\"parameters\""]], modelNames: ["llama-3.", "llama3."],
        forcedCall: CallConstraint.Frame(
            beforeName: "{\"name\": \"", beforeArguments: "\", \"parameters\": ", afterArguments: "}", between: "; "))

    static let mistralArray = OutputFormat(
        "mistral-v3", models: "Mistral 7B v0.3, Nemo, Small 2409, Large 2, Mixtral 8x22B",
        syntax: FormatSyntax(calls: [objects(["[TOOL_CALLS]"], [], ObjectSyntax(id: "id"))]),
        templates: [["[TOOL_CALLS]"]], modelNames: ["mistral-nemo", "mistral-7b-instruct-v0.3", "mixtral-8x22b"],
        forcedCall: forcedList("[TOOL_CALLS]"))

    static let command = OutputFormat(
        "command", models: "Command R7B, Command A, Command A Reasoning, North",
        syntax: FormatSyntax(
            reasoning: ReasoningSyntax(
                opens: ["<|START_THINKING|>"], closes: ["<|END_THINKING|>"], opensAnywhere: true, endsAtCalls: true),
            calls: [
                objects(
                    ["<|START_ACTION|>"], ["<|END_ACTION|>"],
                    ObjectSyntax(name: "tool_name", arguments: ["parameters"]))
            ],
            silent: ["<|START_RESPONSE|>", "<|END_RESPONSE|>", "<|START_TEXT|>", "<|END_TEXT|>"]),
        templates: [["<|START_ACTION|>"]], modelNames: ["command-r7b", "command-a"],
        forcedCall: CallConstraint.Frame(
            opening: "<|START_ACTION|>[\n    ", beforeName: "{\"tool_call_id\": \"0\", \"tool_name\": \"",
            beforeArguments: "\", \"parameters\": ", afterArguments: "}", between: ",\n    ",
            closing: "\n]<|END_ACTION|>"))

    static let commandR = OutputFormat(
        "command-r", models: "Command R, Command R+",
        syntax: FormatSyntax(calls: [
            objects(
                ["Action:\n```json\n", "Action: ```json\n"], ["```"],
                ObjectSyntax(name: "tool_name", arguments: ["parameters"]))
        ]),
        templates: [["Action:\\n```json"], ["Action:\n```json"]], modelNames: ["command-r"],
        forcedCall: CallConstraint.Frame(
            opening: "Action:\n```json\n[\n    ", beforeName: "{\n        \"tool_name\": \"",
            beforeArguments: "\",\n        \"parameters\": ", afterArguments: "\n    }", between: ",\n    ",
            closing: "\n]\n```"))

    static let apertus = OutputFormat(
        "apertus", models: "Apertus",
        syntax: FormatSyntax(
            reasoning: ReasoningSyntax(opens: ["<|inner_prefix|>"], closes: ["<|inner_suffix|>"], opensAnywhere: true),
            calls: [objects(["<|tools_prefix|>"], ["<|tools_suffix|>"], ObjectSyntax(isKeyedByName: true))]),
        templates: [["<|tools_prefix|>"]], modelNames: ["apertus"],
        forcedCall: CallConstraint.Frame(
            opening: "<|tools_prefix|>[", beforeName: "{\"", beforeArguments: "\": ", afterArguments: "}",
            between: ", ", closing: "]<|tools_suffix|>"))

    static let nemotron = OutputFormat(
        "nemotron", models: "Nemotron Nano 2, Llama Nemotron",
        syntax: FormatSyntax(reasoning: .think, calls: [objects(["<TOOLCALL>"], ["</TOOLCALL>"])]),
        templates: [["<TOOLCALL>"]], modelNames: ["nemotron-nano-9b-v2", "nemotron-nano-12b-v2", "llama-3_3-nemotron"],
        forcedCall: forcedList("<TOOLCALL>", "</TOOLCALL>"))

    static let gigachat31 = OutputFormat(
        "gigachat-3.1", models: "GigaChat 3.1",
        syntax: FormatSyntax(calls: [objects(["<|function_call|>"], [])], silent: ["<|message_sep|>"]),
        templates: [["<|function_call|>"]], modelNames: ["gigachat3.1"],
        forcedCall: CallConstraint.Frame(
            beforeName: "<|function_call|>{\"name\": \"", beforeArguments: "\", \"arguments\": ", afterArguments: "}"))

    static let gigachat = OutputFormat(
        "gigachat-3", models: "GigaChat 3",
        syntax: FormatSyntax(
            calls: [objects(["function call<|role_sep|>\n", "function call<|role_sep|>"], [])],
            silent: ["<|message_sep|>"], tokens: ["<|role_sep|>"]),
        templates: [["<|role_sep|>", "<|message_sep|>"]], modelNames: ["gigachat3"],
        forcedCall: CallConstraint.Frame(
            beforeName: "<|message_sep|>\n\nfunction call<|role_sep|>\n{\"name\": \"",
            beforeArguments: "\", \"arguments\": ", afterArguments: "}"))

    static let apriel = OutputFormat(
        "apriel", models: "Apriel 1.5 and 1.6 Thinker",
        syntax: FormatSyntax(
            reasoning: ReasoningSyntax(
                opens: ["Here are my reasoning steps:"], closes: ["[BEGIN FINAL RESPONSE]"], endsAtCalls: true),
            calls: [objects(["<tool_calls>"], ["</tool_calls>"])], silent: ["[END FINAL RESPONSE]"]),
        templates: [["<tool_calls>", "[BEGIN FINAL RESPONSE]"]], modelNames: ["apriel"],
        forcedCall: forcedList("<tool_calls>", "</tool_calls>"))

    static let hunyuanA13B = OutputFormat(
        "hunyuan-a13b", models: "Hunyuan A13B",
        syntax: FormatSyntax(
            reasoning: .think, calls: [objects(["<tool_calls>"], ["</tool_calls>"])],
            silent: ["</answer>"], silentFirst: ["<answer>"]),
        templates: [["<tool_calls>", "<answer>"]], modelNames: ["hunyuan-a13b"],
        forcedCall: forcedList("<tool_calls>", "</tool_calls>"))

    static let toolCallsArray = OutputFormat(
        "tool-calls", models: "MiniMax M1, Jamba",
        syntax: FormatSyntax(reasoning: .think, calls: [objects(["<tool_calls>"], ["</tool_calls>"])]),
        templates: [["<tool_calls>"]], modelNames: ["minimax-m1", "minimax-text", "jamba"],
        forcedCall: CallConstraint.Frame(
            opening: "<tool_calls>\n", beforeName: "{\"name\": \"", beforeArguments: "\", \"arguments\": ",
            afterArguments: "}", between: "\n", closing: "\n</tool_calls>"))

    static let phi = OutputFormat(
        "phi-4-mini", models: "Phi 4 mini",
        syntax: FormatSyntax(calls: [objects(["<|tool_call|>"], ["<|/tool_call|>"]), objects(["functools"], [])]),
        templates: [["<|/tool|>"]], modelNames: ["phi-4-mini"],
        forcedCall: forcedList("<|tool_call|>", "<|/tool_call|>"))

    static let granite = OutputFormat(
        "granite-3", models: "Granite 3.0 to 3.3",
        syntax: FormatSyntax(
            reasoning: ReasoningSyntax(
                opens: ["<think>", "Here is my thought process:", "Here's my thought process:"],
                closes: ["</think>", "Here is my response:", "Here's my response:"]),
            calls: [objects(["<|tool_call|>", "<tool_call>"], [])], silent: ["</response>"], silentFirst: ["<response>"]
        ),
        templates: [["<|tool_call|>"]], modelNames: ["granite-3"], forcedCall: forcedList("<|tool_call|>"))

    static let firefunction = OutputFormat(
        "firefunction", models: "FireFunction 2",
        syntax: FormatSyntax(calls: [objects(["functools"], [])]), templates: [["functools["]],
        modelNames: ["firefunction"], forcedCall: forcedList("functools"))

    static let internlm = OutputFormat(
        "internlm", models: "InternLM 2.5 and 3",
        syntax: FormatSyntax(
            reasoning: .think,
            calls: [
                objects(["<|action_start|><|plugin|>", "<|action_start|> <|plugin|>"], ["<|action_end|>"])
            ], tokens: ["<|action_start|>", "<|plugin|>"]),
        templates: [["<|plugin|>"]], modelNames: ["internlm2_5", "internlm3"],
        forcedCall: CallConstraint.Frame(
            beforeName: "<|action_start|><|plugin|>{\"name\": \"", beforeArguments: "\", \"parameters\": ",
            afterArguments: "}<|action_end|>"))

    static let xlam = OutputFormat(
        "xlam", models: "xLAM",
        syntax: FormatSyntax(
            reasoning: .think,
            calls: [
                CallBlock(body: .object(ObjectSyntax())),
                CallBlock(opens: ["```json\n"], closes: ["```"], body: .object(ObjectSyntax()), needsKnownTool: true),
                objects(["[TOOL_CALLS]"], []), objects(["<tool_call>"], ["</tool_call>"]),
            ]),
        templates: [], modelNames: ["xlam"], forcedCall: forcedList(""))
}
