/// How a model's texts are cut into words before they are tokenized.
enum PreTokenizer: Sendable {
    case gpt2(GPT2Scanner)
    case cl100k(CL100KScanner)
    case o200k(O200KScanner)
    case deepSeek(DeepSeekScanner)
    case staged([StagedScanner.Stage])

    /// The pre-tokenizer that GGUF files name in `tokenizer.ggml.pre`; nil if it is none of those known.
    ///
    /// The names are llama.cpp's. Where its pattern is a simplification of the one that the model was trained with,
    /// the model's own pattern is taken.
    init?(ggufName name: String) {
        guard let found = Self.singleStage(name) ?? Self.manyStages(name) ?? Self.rareStages(name) else { return nil }
        self = found
    }

    /// Whether a word that is a token becomes that token even if its merges would not make it.
    static func ignoresMerges(ggufName name: String) -> Bool {
        llama3Names.contains(name)
            || ["minicpm5", "glm4", "glm5", "tekken", "granite-embed-multi-97m", "youtu"].contains(name)
    }

    /// Whether a prompt begins with the beginning-of-sequence token where the file does not say.
    static func addsBeginningOfSequence(ggufName name: String) -> Bool {
        llama3Names.contains(name) || ["tekken", "chameleon"].contains(name)
    }

    /// Whether the name stands for Gemma 4's pairs of characters, which no pre-tokenizer cuts.
    static func isGemma4(ggufName name: String) -> Bool { ["gemma4", "granite-embed-multi-311m"].contains(name) }

    private static let llama3Names: Set<String> = [
        "llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2", "jina-v5-nano",
    ]

    private static func singleStage(_ name: String) -> PreTokenizer? {
        switch name {
        case "smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b", "mellum2":
            .gpt2(GPT2Scanner(isolatesDigits: true))
        case "gpt-2", "gpt2", "phi-2", "mpt", "olmo", "jais", "trillion", "granite-docling", "exaone4", "modern-bert",
            "gigachat", "mellum", "a.x-4.0", "jina-es", "jina-de", "jina-v1-en", "jina-v2-es", "jina-v2-de",
            "jina-v2-code", "roberta-bpe":
            .gpt2(GPT2Scanner())
        case _ where llama3Names.contains(name): .cl100k(CL100KScanner())
        case "dbrx", "smaug-bpe", "chatglm-bpe", "glm4", "glm5":
            .cl100k(CL100KScanner())
        case "qwen2", "deepseek-r1-qwen", "kormo", "f2llmv2", "megrez", "stablelm2", "hunyuan", "solar-open", "grok-2",
            "bailingmoe", "bailingmoe2", "llada-moe":
            .cl100k(CL100KScanner(digits: 1))
        case "qwen35": .cl100k(CL100KScanner(digits: 1, joinsMarks: true))
        case "seed-coder": .cl100k(CL100KScanner(digits: 1, endsPunctuationAtNewline: true))
        case "ufakzeka": .cl100k(CL100KScanner(digits: 1, hasContractions: false))
        case "gpt-4o", "o200k", "llama4", "kanana2", "talkie", "minimax-m2", "granite-embed-multi-97m":
            .o200k(O200KScanner())
        case "kimi-k2": .o200k(O200KScanner(separatesHan: true))
        case "tekken": .o200k(O200KScanner(digits: 1, hasContractions: false))
        case "deepseek-v3", "hunyuan-dense", "joyai-llm", "hy_v4":
            .deepSeek(DeepSeekScanner(cutsNumbersAndIdeographs: true))
        default: nil
        }
    }

    private static func manyStages(_ name: String) -> PreTokenizer? {
        switch name {
        case "deepseek-llm": .staged(deepSeekLLM)
        case "deepseek-coder":
            .staged([
                .run(RunScanner(ranges: RunScanner.ranges("\n\r"), most: 1)),
                .run(RunScanner(kinds: .letter, takesWhiteSpace: true)),
                .run(RunScanner(kinds: .punctuation, takesWhiteSpace: true)),
                .run(RunScanner(ranges: RunScanner.ranges(ideographsAndHangul))),
                .run(numbers(most: 1)),
            ])
        case "falcon":
            .staged([
                .run(RunScanner(kinds: .punctuation, ranges: RunScanner.ranges("$+<=>^`|~"))), .gpt2(.init()),
                .run(RunScanner(ranges: RunScanner.ranges("0-9"), least: 3, most: 3)),
            ])
        case "default":
            .staged([
                .run(RunScanner(kinds: .punctuation, ranges: RunScanner.ranges("$+<=>^|~"))), .gpt2(.init()),
                .run(numbers(most: .max)), .run(RunScanner(ranges: RunScanner.ranges("0-9"), least: 3, most: 3)),
            ])
        case "minicpm5": .staged([.run(numbers(most: 3)), .cl100k(CL100KScanner(digits: .max))])
        case "laguna": .staged([.lines, .cl100k(CL100KScanner(digits: 1))])
        default: nil
        }
    }

    private static func rareStages(_ name: String) -> PreTokenizer? {
        switch name {
        case "afmoe":
            .staged([
                .digitGroups(.init(.groups)), .run(RunScanner(ranges: RunScanner.ranges(unspacedScripts))),
                .deepSeek(.init()),
            ])
        case "chameleon":
            .staged([
                .chameleon(.init(pattern: .images)), .chameleon(.init(pattern: .whiteSpace)), .run(numbers(most: 1)),
                .run(RunScanner(kinds: .punctuation, ranges: RunScanner.ranges("!-/:-@[-`{-~"), most: 1)),
                .gpt2(.init()),
            ])
        case "exaone-moe": .staged([.exaone(.init())])
        case "jais-2": .staged([.jais(.init())])
        case "poro-chat", "bloom", "gpt3-finnish": .staged([.bloom(.init())])
        case "viking": .staged([.bloom(.init()), .run(numbers(most: 1))])
        case "spark2_5":
            .staged([
                .run(numbers(most: 1)), .run(.deepSeekIdeographs),
                .deepSeek(.init(isolatesNewlines: true)),
            ])
        case "superbpe": .staged([.run(numbers(most: .max)), .digitGroups(.init(.cutsBeforeGroups))])
        case "tiny_aya", "cohere2moe":
            .staged([.digitGroups(.init(.groupsBeforeWordBoundaries)), .o200k(.init())])
        case "youtu":
            // The file's pattern has these as alternatives; they have no character in common.
            .staged(
                ["ㄱ-ㆎ가-힣", "‘’“”…—、-〿︰-﹏！，：；", "ㄅ-ㄯ", ideographsAndKana].map {
                    .run(RunScanner(ranges: RunScanner.ranges($0)))
                } + [.o200k(.init(digits: 1))])
        default: nil
        }
    }

    private static func numbers(most: Int) -> RunScanner { RunScanner(kinds: .number, most: most) }

    private static let ideographsAndKana = "一-龥\u{3040}-ゟ゠-ヿ"
    /// Chinese, Japanese, Thai, Lao, Khmer, Burmese and Korean.
    private static let unspacedScripts =
        "一-\u{9FFF}㐀-\u{4DBF}\u{F900}-\u{FAFF}\u{3040}-ゟ゠-ヿ･-ﾟ⼀-\u{2FDF}เ-\u{0E7F}\u{0E80}-\u{0EFF}ក-\u{17FF}က-႟ꩠ-ꩿꧠ-\u{A9FF}"
        + "가-\u{D7AF}ᄀ-ᇿ"
    private static let ideographsAndHangul = "ࠀ-一一-龥가-\u{D7FF}"

    /// The letters are those that DeepSeek LLM's pattern lists.
    private static let deepSeekLLM: [StagedScanner.Stage] = [
        .run(RunScanner(ranges: RunScanner.ranges("\n\r"), most: 1)),
        .run(RunScanner(ranges: RunScanner.ranges(deepSeekLetters), takesWhiteSpace: true)),
        .run(RunScanner(ranges: RunScanner.ranges("!-/:-~！-／：-～‘-‟\u{3000}-。"), takesWhiteSpace: true)),
        .run(RunScanner(kinds: .whiteSpace, isAtEnd: true)),
        .run(RunScanner(ranges: RunScanner.ranges(ideographsAndHangul))),
        .run(numbers(most: .max)),
    ]

    private static let deepSeekLetters =
        "A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗὙὛὝὟ-\u{1F7D}"
        + "ᾀ-ᾴᾶ-ᾼ\u{1FBE}ῂ-ῄῆ-ῌῐ-\u{1FD3}ῖ-\u{1FDB}ῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤ\u{2126}ℨ\u{212A}-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳ"
        + "Ꙁ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃"
}
