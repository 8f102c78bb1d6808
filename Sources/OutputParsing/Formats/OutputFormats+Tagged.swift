import ServingModel

/// Formats that write each argument between tags, its value as plain text.
extension OutputFormats {
    /// `<function=NAME><parameter=KEY>VALUE</parameter></function>`
    private static let functionTags = TaggedSyntax(
        header: HeaderSyntax(ends: [">"]), keyOpen: "<parameter=", keyClose: ">", valueClose: "</parameter>",
        trimsLineFeeds: true, close: "</function>")

    static let qwenCoder = OutputFormat(
        "qwen3-coder", models: "Qwen 3 Coder, Qwen 3.5, Nemotron 3, Step 3.5",
        syntax: FormatSyntax(
            reasoning: .think,
            calls: [
                CallBlock(
                    opens: ["<tool_call>"], closes: ["</tool_call>"], itemOpen: "<function=", itemOpensBlock: true,
                    list: .never, body: .tagged(functionTags))
            ]),
        templates: [["<function=", "<parameter="]], modelNames: ["qwen3-coder", "qwen3.5", "nemotron-3", "step-3.5"],
        forcedCall: CallConstraint.Frame(
            beforeName: "<tool_call>\n<function=", beforeArguments: ">\n",
            arguments: .tagged(
                TaggedArguments(
                    beforeKey: "<parameter=", afterKey: ">\n", afterValue: "\n</parameter>", afterArgument: "\n")),
            afterArguments: "</function>\n</tool_call>", between: "\n"))

    static let seed = OutputFormat(
        "seed-oss", models: "Seed OSS",
        syntax: FormatSyntax(
            reasoning: ReasoningSyntax(opens: ["<seed:think>"], closes: ["</seed:think>"]),
            calls: [
                CallBlock(
                    opens: ["<seed:tool_call>"], closes: ["</seed:tool_call>"], itemOpen: "<function=", list: .never,
                    body: .tagged(functionTags))
            ]),
        templates: [["<seed:tool_call>"], ["<seed:"]], modelNames: ["seed-oss"],
        forcedCall: CallConstraint.Frame(
            beforeName: "<seed:tool_call>\n<function=", beforeArguments: ">\n",
            arguments: .tagged(
                TaggedArguments(
                    beforeKey: "<parameter=", afterKey: ">", afterValue: "</parameter>", afterArgument: "\n",
                    losesLineFeeds: true)),
            afterArguments: "</function>\n</seed:tool_call>", between: "\n"))

    /// `<invoke name="NAME"><parameter name="KEY">VALUE</parameter></invoke>`, with something before each tag's name.
    private static func invocations(
        _ prefix: String, opens: [Marker], closes: [Marker], typeNote: TaggedSyntax.TypeNote = .none
    ) -> CallBlock {
        var keyClose: Marker = "\">"
        if case .attribute = typeNote { keyClose = "\" string=\"" }
        return CallBlock(
            opens: opens, closes: closes, itemOpen: Marker("<\(prefix)invoke name=\""), list: .never,
            body: .tagged(
                TaggedSyntax(
                    header: HeaderSyntax(ends: ["\">"]), keyOpen: Marker("<\(prefix)parameter name=\""),
                    keyClose: keyClose, typeNote: typeNote, valueClose: Marker("</\(prefix)parameter>"),
                    close: Marker("</\(prefix)invoke>"))))
    }

    /// What DeepSeek's last versions write; they differ in the name of the tag around all calls.
    private static func deepseek(
        _ name: String, models: String, block: String, templates: [[String]], modelNames: [String]
    ) -> OutputFormat {
        OutputFormat(
            name, models: models,
            syntax: FormatSyntax(
                reasoning: .think,
                calls: [
                    invocations(
                        "｜DSML｜", opens: [Marker("<｜DSML｜\(block)>")], closes: [Marker("</｜DSML｜\(block)>")],
                        typeNote: .attribute(end: "\">"))
                ], tokens: ["｜DSML｜"]),
            templates: templates, modelNames: modelNames,
            forcedCall: CallConstraint.Frame(
                opening: "<｜DSML｜\(block)>\n", beforeName: "<｜DSML｜invoke name=\"", beforeArguments: "\">\n",
                arguments: .tagged(
                    TaggedArguments(
                        beforeKey: "<｜DSML｜parameter name=\"", afterKey: "\" string=\"", note: .isString,
                        beforeValue: "\">", afterValue: "</｜DSML｜parameter>", afterArgument: "\n")),
                afterArguments: "</｜DSML｜invoke>", between: "\n", closing: "\n</｜DSML｜\(block)>"))
    }

    static let deepseekV32 = deepseek(
        "deepseek-v3.2", models: "DeepSeek V3.2", block: "function_calls", templates: [["DSML", "function_calls"]],
        modelNames: ["deepseek-v3.2"])

    static let deepseekV4 = deepseek(
        "deepseek-v4", models: "DeepSeek V4", block: "tool_calls", templates: [["DSML"]], modelNames: ["deepseek-v4"])

    static let minimaxM2 = OutputFormat(
        "minimax-m2", models: "MiniMax M2",
        syntax: FormatSyntax(
            reasoning: .think,
            calls: [invocations("", opens: ["<minimax:tool_call>"], closes: ["</minimax:tool_call>"])]),
        templates: [["<minimax:tool_call>"]], modelNames: ["minimax-m2"],
        forcedCall: CallConstraint.Frame(
            opening: "<minimax:tool_call>\n", beforeName: "<invoke name=\"", beforeArguments: "\">\n",
            arguments: .tagged(
                TaggedArguments(
                    beforeKey: "<parameter name=\"", afterKey: "\">", afterValue: "</parameter>", afterArgument: "\n")),
            afterArguments: "</invoke>", between: "\n", closing: "\n</minimax:tool_call>"))

    static let minimaxM3 = OutputFormat(
        "minimax-m3", models: "MiniMax M3",
        syntax: FormatSyntax(
            reasoning: ReasoningSyntax(opens: ["<mm:think>"], closes: ["</mm:think>"], endsAtCalls: true),
            calls: [
                CallBlock(
                    opens: ["]<]minimax[>[<tool_call>"], closes: ["]<]minimax[>[</tool_call>"],
                    itemOpen: "]<]minimax[>[<invoke name=\"", list: .never,
                    body: .nested(
                        NestedSyntax(
                            header: HeaderSyntax(ends: ["\">"]), open: "]<]minimax[>[<", end: "]<]minimax[>[</",
                            nameEnd: ">", itemName: "item", close: "]<]minimax[>[</invoke>")))
            ], tokens: ["]<]minimax[>[", "<tool_call>", "</tool_call>"]),
        templates: [["]<]minimax[>["]], modelNames: ["minimax-m3"])

    static let muse = OutputFormat(
        "muse", models: "Muse Glimmer",
        syntax: FormatSyntax(
            reasoning: ReasoningSyntax(opens: [], closes: []),
            calls: [invocations("atem:", opens: ["<atem:function_calls>"], closes: ["</atem:function_calls>"])],
            channels: ChannelSyntax(
                dialect: .recipient, opens: ["<|start|>"], headerEnd: "<|message|>", closes: ["<|eom|>", "<|eot|>"]),
            resumes: ["<|start|>assistant"]),
        templates: [["<atem:function_calls>"]],
        forcedCall: CallConstraint.Frame(
            beforeName: " to=", betweenNames: "<|message|><atem:function_calls>\n<atem:invoke name=\"",
            beforeArguments: "\">\n",
            arguments: .tagged(
                TaggedArguments(
                    beforeKey: "<atem:parameter name=\"", afterKey: "\">", afterValue: "</atem:parameter>",
                    afterArgument: "\n")),
            afterArguments: "</atem:invoke>\n</atem:function_calls>", between: "<|eom|><|start|>assistant"))

    static let step3 = OutputFormat(
        "step3", models: "Step 3",
        syntax: FormatSyntax(
            reasoning: .think,
            calls: [
                CallBlock(
                    opens: ["<｜tool_calls_begin｜>"], closes: ["<｜tool_calls_end｜>"],
                    itemOpen: "<｜tool_call_begin｜>function<｜tool_sep｜><steptml:invoke name=\"", list: .never,
                    body: .tagged(
                        TaggedSyntax(
                            header: HeaderSyntax(ends: ["\">"]), keyOpen: "<steptml:parameter name=\"",
                            keyClose: "\">", valueClose: "</steptml:parameter>",
                            close: "</steptml:invoke><｜tool_call_end｜>")))
            ], tokens: ["<｜tool_call_begin｜>", "<｜tool_call_end｜>", "<｜tool_sep｜>"]),
        templates: [["steptml:invoke"]], modelNames: ["step3"],
        forcedCall: CallConstraint.Frame(
            opening: "<｜tool_calls_begin｜>",
            beforeName: "<｜tool_call_begin｜>function<｜tool_sep｜><steptml:invoke name=\"", beforeArguments: "\">",
            arguments: .tagged(
                TaggedArguments(
                    beforeKey: "<steptml:parameter name=\"", afterKey: "\">", afterValue: "</steptml:parameter>")),
            afterArguments: "</steptml:invoke><｜tool_call_end｜>", closing: "<｜tool_calls_end｜>"))

    /// `NAME<arg_key>KEY</arg_key><arg_value>VALUE</arg_value>`
    static let glm = OutputFormat(
        "glm", models: "GLM 4.5 to 5, Ling 3, Laguna, Spark",
        syntax: FormatSyntax(
            reasoning: .think,
            calls: [
                CallBlock(
                    opens: ["<tool_call>"], list: .never,
                    body: .tagged(
                        TaggedSyntax(
                            header: HeaderSyntax(
                                ends: ["\n", "<arg_key>", "</tool_call>"], endBelongsToArguments: true),
                            keyOpen: "<arg_key>", keyClose: "</arg_key>", valueOpen: "<arg_value>",
                            valueClose: "</arg_value>", close: "</tool_call>")))
            ]),
        templates: [["<arg_key>"]], modelNames: ["glm-4.5", "glm-4.6", "glm-4.7", "glm-5"],
        forcedCall: CallConstraint.Frame(
            beforeName: "<tool_call>", beforeArguments: "\n",
            arguments: .tagged(
                TaggedArguments(
                    beforeKey: "<arg_key>", afterKey: "</arg_key>\n<arg_value>", afterValue: "</arg_value>",
                    afterArgument: "\n")),
            afterArguments: "</tool_call>", between: "\n", mayOmitLineFeeds: true))

    static let hunyuan = OutputFormat(
        "hunyuan-3", models: "Hunyuan 3",
        syntax: FormatSyntax(
            reasoning: ReasoningSyntax(opens: ["<think:opensource>"], closes: ["</think:opensource>"]),
            calls: [
                CallBlock(
                    opens: ["<tool_calls:opensource>"], closes: ["</tool_calls:opensource>"],
                    itemOpen: "<tool_call:opensource>", list: .never,
                    body: .tagged(
                        TaggedSyntax(
                            header: HeaderSyntax(ends: ["<tool_sep:opensource>"]), keyOpen: "<arg_key:opensource>",
                            keyClose: "</arg_key:opensource>", valueOpen: "<arg_value:opensource>",
                            valueClose: "</arg_value:opensource>", close: "</tool_call:opensource>")))
            ]),
        templates: [["<tool_sep{}>"], ["<tool_sep:opensource>"]], modelNames: ["hunyuan-3", "hy3"],
        forcedCall: CallConstraint.Frame(
            opening: "<tool_calls:opensource>\n", beforeName: "<tool_call:opensource>",
            beforeArguments: "<tool_sep:opensource>\n",
            arguments: .tagged(
                TaggedArguments(
                    beforeKey: "<arg_key:opensource>", afterKey: "</arg_key:opensource>\n<arg_value:opensource>",
                    afterValue: "</arg_value:opensource>", afterArgument: "\n")),
            afterArguments: "</tool_call:opensource>", between: "\n", closing: "\n</tool_calls:opensource>"))

    static let minicpm = OutputFormat(
        "minicpm5", models: "MiniCPM 5",
        syntax: FormatSyntax(
            reasoning: .think,
            calls: [
                CallBlock(
                    itemOpen: "<function name=\"", itemOpensBlock: true, list: .never,
                    body: .tagged(
                        TaggedSyntax(
                            header: HeaderSyntax(ends: ["\">"]), keyOpen: "<param name=\"", keyClose: "\">",
                            valueClose: "</param>", verbatim: ("<![CDATA[", "]]>"), close: "</function>")))
            ]),
        templates: [["<function name=", "<param name="]], modelNames: ["minicpm5"],
        forcedCall: CallConstraint.Frame(
            beforeName: "<function name=\"", beforeArguments: "\">",
            arguments: .tagged(
                TaggedArguments(
                    beforeKey: "<param name=\"", afterKey: "\">", afterValue: "</param>",
                    verbatim: .init(open: "<![CDATA[", close: "]]>"))),
            afterArguments: "</function>", between: "\n"))

    static let kimiK3 = OutputFormat(
        "kimi-k3", models: "Kimi K3",
        syntax: FormatSyntax(
            reasoning: ReasoningSyntax(
                opens: ["<|open|>think<|sep|>"], closes: ["<|close|>think<|sep|>"], opensAnywhere: true,
                endsAtCalls: true),
            calls: [
                CallBlock(
                    opens: ["<|open|>tools<|sep|>"], closes: ["<|close|>tools<|sep|>"],
                    itemOpen: "<|open|>call tool=\"", list: .never,
                    body: .tagged(
                        TaggedSyntax(
                            header: HeaderSyntax(ends: ["\"<|sep|>"], parts: .nameThenRest("\" index=\"")),
                            keyOpen: "<|open|>argument key=\"", keyClose: "\" type=\"",
                            typeNote: .attribute(end: "\"<|sep|>"), valueClose: "<|close|>argument<|sep|>",
                            close: "<|close|>call<|sep|>")))
            ],
            silent: [
                "<|open|>response<|sep|>", "<|close|>response<|sep|>", "<|close|>message<|sep|>", "<|end_of_msg|>",
            ], tokens: ["<|open|>", "<|close|>", "<|sep|>"]),
        templates: [["<|end_of_msg|>"]], modelNames: ["kimi-k3"],
        forcedCall: CallConstraint.Frame(
            opening: "<|open|>tools<|sep|>", beforeName: "<|open|>call tool=\"", beforeNumber: "\" index=\"",
            beforeArguments: "\"<|sep|>",
            arguments: .tagged(
                TaggedArguments(
                    beforeKey: "<|open|>argument key=\"", afterKey: "\" type=\"", note: .name,
                    beforeValue: "\"<|sep|>", afterValue: "<|close|>argument<|sep|>")),
            afterArguments: "<|close|>call<|sep|>", closing: "<|close|>tools<|sep|>"))
}
