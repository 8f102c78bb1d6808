import ServingModel

/// Formats that write a call's name as text and its arguments as one value.
extension OutputFormats {
    static let deepseekV3 = OutputFormat(
        "deepseek-v3", models: "DeepSeek V3 and R1",
        syntax: FormatSyntax(
            reasoning: .think,
            calls: [
                CallBlock(
                    opens: ["<｜tool▁calls▁begin｜>"], closes: ["<｜tool▁calls▁end｜>"], itemOpen: "<｜tool▁call▁begin｜>",
                    itemOpensBlock: true, list: .never,
                    body: .named(
                        NamedSyntax(
                            header: HeaderSyntax(
                                ends: ["\n```json\n", "\n```json"], parts: .prefixed("function<｜tool▁sep｜>")),
                            closes: ["```<｜tool▁call▁end｜>", "<｜tool▁call▁end｜>"])))
            ], tokens: ["<｜tool▁sep｜>", "<｜tool▁call▁end｜>"]),
        templates: [["<｜tool▁sep｜>", "```json"]], modelNames: ["deepseek-r1", "deepseek-v3-0324"],
        forcedCall: CallConstraint.Frame(
            opening: "<｜tool▁calls▁begin｜>", beforeName: "<｜tool▁call▁begin｜>function<｜tool▁sep｜>",
            beforeArguments: "\n```json\n", afterArguments: "\n```<｜tool▁call▁end｜>", between: "\n",
            closing: "<｜tool▁calls▁end｜>"))

    static let deepseekV31 = OutputFormat(
        "deepseek-v3.1", models: "DeepSeek V3.1 and V3.1 Terminus",
        syntax: FormatSyntax(
            reasoning: .think,
            calls: [
                CallBlock(
                    opens: ["<｜tool▁calls▁begin｜>"], closes: ["<｜tool▁calls▁end｜>"], itemOpen: "<｜tool▁call▁begin｜>",
                    itemOpensBlock: true, list: .never,
                    body: .named(
                        NamedSyntax(
                            header: HeaderSyntax(ends: ["<｜tool▁sep｜>"]), closes: ["<｜tool▁call▁end｜>"])))
            ]),
        templates: [["<｜tool▁sep｜>"]], modelNames: ["deepseek-v3.1"],
        forcedCall: CallConstraint.Frame(
            opening: "<｜tool▁calls▁begin｜>", beforeName: "<｜tool▁call▁begin｜>", beforeArguments: "<｜tool▁sep｜>",
            afterArguments: "<｜tool▁call▁end｜>", closing: "<｜tool▁calls▁end｜>"))

    static let kimiK2 = OutputFormat(
        "kimi-k2", models: "Kimi K2, K2 Thinking, K2.5",
        syntax: FormatSyntax(
            reasoning: ReasoningSyntax(
                opens: ["<think>", "◁think▷"], closes: ["</think>", "◁/think▷"], endsAtCalls: true),
            calls: [
                CallBlock(
                    opens: ["<|tool_calls_section_begin|>"], closes: ["<|tool_calls_section_end|>"],
                    itemOpen: "<|tool_call_begin|>", itemOpensBlock: true, list: .never,
                    body: .named(
                        NamedSyntax(
                            header: HeaderSyntax(ends: ["<|tool_call_argument_begin|>"], parts: .numberedFunction),
                            closes: ["<|tool_call_end|>"])))
            ]),
        templates: [["<|tool_calls_section_begin|>"]], modelNames: ["kimi-k2", "kimi_k2"],
        forcedCall: CallConstraint.Frame(
            opening: "<|tool_calls_section_begin|>", beforeName: "<|tool_call_begin|>functions.", beforeNumber: ":",
            beforeArguments: "<|tool_call_argument_begin|>", afterArguments: "<|tool_call_end|>",
            closing: "<|tool_calls_section_end|>"))

    static let mistral = OutputFormat(
        "mistral", models: "Mistral Small 3.2, Medium 3, Large 3, Magistral, Ministral 3, Devstral",
        syntax: FormatSyntax(
            reasoning: ReasoningSyntax(
                opens: ["[THINK]"], closes: ["[/THINK]"], opensAnywhere: true, endsAtCalls: true),
            calls: [
                CallBlock(
                    opens: ["[TOOL_CALLS]"], list: .never,
                    body: .named(
                        NamedSyntax(header: HeaderSyntax(ends: ["[ARGS]"], parts: .nameThenID("[CALL_ID]")))))
            ]),
        templates: [["[TOOL_CALLS]", "[ARGS]"]],
        modelNames: [
            "magistral", "ministral-3", "devstral", "mistral-small-3.2", "mistral-small-2506", "mistral-large-3",
        ],
        forcedCall: CallConstraint.Frame(beforeName: "[TOOL_CALLS]", beforeArguments: "[ARGS]"))

    static let functionary31 = OutputFormat(
        "functionary-v3.1", models: "Functionary 3.1",
        syntax: FormatSyntax(calls: [
            CallBlock(
                itemOpen: "<function=", itemOpensBlock: true, list: .never,
                body: .named(NamedSyntax(header: HeaderSyntax(ends: [">"]), closes: ["</function>"])))
        ]),
        templates: [["<function="]], modelNames: ["functionary-small-v3.1", "functionary-medium-v3.1"],
        forcedCall: CallConstraint.Frame(
            beforeName: "<function=", beforeArguments: ">", afterArguments: "</function>"))

    static let solar = OutputFormat(
        "solar-open", models: "Solar Open",
        syntax: FormatSyntax(
            reasoning: ReasoningSyntax(
                opens: ["<|think|>"], closes: ["<|end|><|begin|>assistant", "<|end|>"], opensAnywhere: true,
                endsAtCalls: true),
            calls: [
                CallBlock(
                    opens: ["<|tool_calls|>"], closes: ["<|calls|>"], itemOpen: "<|tool_call:begin|>",
                    itemOpensBlock: true, list: .never,
                    body: .named(
                        NamedSyntax(
                            header: HeaderSyntax(
                                ends: ["<|tool_call:args|>"], parts: .idThenName("<|tool_call:name|>")),
                            closes: ["<|tool_call:end|>"])))
            ],
            silent: ["<|begin|>assistant", "<|content|>", "<|end|>", "<|calls|>"], tokens: ["<|begin|>"]),
        templates: [["<|tool_call:begin|>"]], modelNames: ["solar-open"],
        forcedCall: CallConstraint.Frame(
            opening: "<|tool_calls|>", beforeName: "<|tool_call:begin|>", afterID: "<|tool_call:name|>",
            beforeArguments: "<|tool_call:args|>", afterArguments: "<|tool_call:end|>", closing: "<|calls|>"))

    static let gemma = OutputFormat(
        "gemma", models: "Gemma 4",
        syntax: FormatSyntax(
            reasoning: ReasoningSyntax(
                opens: ["<|channel>thought\n", "<|channel>thought"], closes: ["<channel|>"], opensAnywhere: true,
                endsAtCalls: true),
            calls: [
                CallBlock(
                    opens: ["<|tool_call>"], closes: ["<tool_call|>"], list: .never,
                    body: .named(
                        NamedSyntax(
                            header: HeaderSyntax(ends: ["{"], endBelongsToArguments: true, parts: .prefixed("call:")),
                            arguments: .literal(.gemma))))
            ], silent: ["<|tool_response>"], tokens: ["<|channel>", "<|\"|>"]),
        templates: [["<|tool_call>", "<tool_call|>"]], modelNames: ["gemma-4", "gemma4"],
        forcedCall: CallConstraint.Frame(
            beforeName: "<|tool_call>call:", beforeArguments: "", arguments: .gemma, afterArguments: "<tool_call|>"))

    /// A list of calls as Python writes them: `[get_weather(city="Oslo"), now()]`.
    private static func calls(_ opens: [Marker], _ closes: [Marker], list: CallBlock.List = .optional) -> CallBlock {
        CallBlock(
            opens: opens, closes: closes, list: list,
            body: .named(
                NamedSyntax(
                    header: HeaderSyntax(ends: ["("], endBelongsToArguments: true), arguments: .literal(.python))))
    }

    private static func pythonCalls(opening: String, between: String, closing: String) -> CallConstraint.Frame {
        CallConstraint.Frame(
            opening: opening, beforeName: "", beforeArguments: "(", arguments: .python, afterArguments: ")",
            between: between, closing: closing)
    }

    static let lfm = OutputFormat(
        "lfm2", models: "LFM 2 and 2.5",
        syntax: FormatSyntax(reasoning: .think, calls: [calls(["<|tool_call_start|>"], ["<|tool_call_end|>"])]),
        templates: [["<|tool_call_start|>"], ["<|tool_list_start|>"], ["List of tools: ["]], modelNames: ["lfm2"],
        forcedCall: pythonCalls(opening: "<|tool_call_start|>[", between: ", ", closing: "]<|tool_call_end|>"))

    static let olmo = OutputFormat(
        "olmo-3", models: "Olmo 3",
        syntax: FormatSyntax(reasoning: .think, calls: [calls(["<function_calls>"], ["</function_calls>"])]),
        templates: [["<function_calls>"]], modelNames: ["olmo-3"],
        forcedCall: pythonCalls(opening: "<function_calls>", between: "\n", closing: "</function_calls>"))

    static let llama4 = OutputFormat(
        "llama4", models: "Llama 4, and Llama 3.2 with a template for such calls",
        syntax: FormatSyntax(calls: [
            calls([], [], list: .required), CallBlock(list: .never, body: .object(ObjectSyntax())),
            calls(["<|python_start|>"], ["<|python_end|>"]),
        ]),
        templates: [["<|header_start|>"], ["[func_name1("]], modelNames: ["llama-4", "llama4"],
        forcedCall: pythonCalls(opening: "[", between: ", ", closing: "]"))

    static let harmony = OutputFormat(
        "harmony", models: "gpt-oss",
        syntax: FormatSyntax(
            reasoning: ReasoningSyntax(opens: [], closes: []),
            calls: [
                CallBlock(
                    itemOpen: "<|message|>", list: .never,
                    body: .named(NamedSyntax(header: HeaderSyntax(ends: []), closes: ["<|call|>", "<|end|>"])))
            ],
            channels: ChannelSyntax(
                dialect: .harmony, opens: ["<|start|>", "<|channel|>"], headerEnd: "<|message|>",
                closes: ["<|end|>", "<|return|>", "<|call|>"]),
            tokens: ["<|constrain|>"], resumes: ["<|start|>assistant"]),
        templates: [["<|channel|>", "<|message|>"]], modelNames: ["gpt-oss", "gpt_oss"],
        forcedCall: CallConstraint.Frame(
            beforeName: "<|channel|>commentary to=functions.", beforeArguments: " <|constrain|>json<|message|>",
            between: "<|call|><|start|>assistant"))

    static let functionary32 = OutputFormat(
        "functionary-v3.2", models: "Functionary 3.2",
        syntax: FormatSyntax(
            calls: [
                CallBlock(itemOpen: "\n", list: .never, body: .named(NamedSyntax(header: HeaderSyntax(ends: []))))
            ],
            channels: ChannelSyntax(dialect: .bareName, opens: [">>>"], headerEnd: "\n"), resumes: [">>>"]),
        templates: [[">>>all"]], modelNames: ["functionary-small-v3.2", "functionary-medium-v3.2"],
        forcedCall: CallConstraint.Frame(beforeName: "", beforeArguments: "\n", between: ">>>"))
}
