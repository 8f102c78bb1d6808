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
        templates: [["<function=", "<parameter="]], modelNames: ["qwen3-coder", "qwen3.5", "nemotron-3", "step-3.5"])

    static let seed = OutputFormat(
        "seed-oss", models: "Seed OSS",
        syntax: FormatSyntax(
            reasoning: ReasoningSyntax(opens: ["<seed:think>"], closes: ["</seed:think>"]),
            calls: [
                CallBlock(
                    opens: ["<seed:tool_call>"], closes: ["</seed:tool_call>"], itemOpen: "<function=", list: .never,
                    body: .tagged(functionTags))
            ]),
        templates: [["<seed:tool_call>"], ["<seed:"]], modelNames: ["seed-oss"])

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

    static let deepseekV32 = OutputFormat(
        "deepseek-v3.2", models: "DeepSeek V3.2 and V4",
        syntax: FormatSyntax(
            reasoning: .think,
            calls: [
                invocations(
                    "｜DSML｜", opens: ["<｜DSML｜function_calls>", "<｜DSML｜tool_calls>"],
                    closes: ["</｜DSML｜function_calls>", "</｜DSML｜tool_calls>"], typeNote: .attribute(end: "\">"))
            ], tokens: ["｜DSML｜"]),
        templates: [["DSML"]], modelNames: ["deepseek-v3.2", "deepseek-v4"])

    static let minimaxM2 = OutputFormat(
        "minimax-m2", models: "MiniMax M2",
        syntax: FormatSyntax(
            reasoning: .think,
            calls: [invocations("", opens: ["<minimax:tool_call>"], closes: ["</minimax:tool_call>"])]),
        templates: [["<minimax:tool_call>"]], modelNames: ["minimax-m2"])

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
        templates: [["<atem:function_calls>"]])

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
        templates: [["steptml:invoke"]], modelNames: ["step3"])

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
        templates: [["<arg_key>"]], modelNames: ["glm-4.5", "glm-4.6", "glm-4.7", "glm-5"])

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
        templates: [["<tool_sep{}>"], ["<tool_sep:opensource>"]], modelNames: ["hunyuan-3", "hy3"])

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
        templates: [["<function name=", "<param name="]], modelNames: ["minicpm5"])

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
        templates: [["<|end_of_msg|>"]], modelNames: ["kimi-k3"])
}
