/// What a file of tiktoken's ranks does not say itself: the pattern that cuts words, and the special tokens.
package struct TiktokenEncoding: Sendable {
    let preTokenizer: PreTokenizer
    /// The special tokens' names and numbers.
    let specials: [(name: String, id: Int)]
    var composes = false
    var beginningOfSequence: String?
    var endOfSequence: String?
    /// Whether a prompt begins with `beginningOfSequence`.
    var addsBeginningOfSequence = false

    /// The encoding of a file by its name, as `r50k_base.tiktoken`, or by the number of its ranks.
    init?(fileName: String, ranks: Int) {
        let name = fileName.split(separator: "/").last.map { $0.prefix { $0 != "." } } ?? ""
        guard let found = Self.named(String(name)) ?? Self.counted(ranks) else { return nil }
        self = found
    }

    private init(
        _ preTokenizer: PreTokenizer, _ specials: [(name: String, id: Int)], composes: Bool = false,
        start: String? = nil, end: String? = "<|endoftext|>", addsStart: Bool = false
    ) {
        self.preTokenizer = preTokenizer
        self.specials = specials
        self.composes = composes
        beginningOfSequence = start
        endOfSequence = end
        addsBeginningOfSequence = addsStart
    }

    /// An encoding by tiktoken's name for it, or a model family's.
    package static func named(_ name: String) -> TiktokenEncoding? {
        switch name {
        case "gpt2", "r50k_base", "p50k_base": TiktokenEncoding(.gpt2(.init()), [("<|endoftext|>", 50256)])
        case "p50k_edit":
            TiktokenEncoding(.gpt2(.init()), [("<|endoftext|>", 50256)] + fillIns(from: 50281))
        case "cl100k_base":
            TiktokenEncoding(
                .cl100k(CL100KScanner(takesFinalWhiteSpace: true)),
                [("<|endoftext|>", 100257)] + fillIns(from: 100258) + [("<|endofprompt|>", 100276)])
        case "o200k_base":
            TiktokenEncoding(.o200k(O200KScanner()), [("<|endoftext|>", 199999), ("<|endofprompt|>", 200018)])
        case "o200k_harmony": harmony
        case "qwen": qwen
        case "llama3": llama3
        case "llama4": llama4
        case "kimi-k2": kimi
        default: nil
        }
    }

    /// By the number of ranks, which no two of them share; many files have names that say nothing.
    private static func counted(_ ranks: Int) -> TiktokenEncoding? {
        switch ranks {
        case 50_256: named("r50k_base")
        case 50_280: named("p50k_base")
        case 100_256: named("cl100k_base")
        case 199_998: named("o200k_base")
        case 151_643: qwen
        case 128_000: llama3
        case 200_000: llama4
        case 163_584: kimi
        default: nil
        }
    }

    private static func fillIns(from id: Int) -> [(String, Int)] {
        [("<|fim_prefix|>", id), ("<|fim_middle|>", id + 1), ("<|fim_suffix|>", id + 2)]
    }

    private static func numbered(_ names: [String], from id: Int) -> [(String, Int)] {
        names.enumerated().map { ($1, id + $0) }
    }

    private static var harmony: TiktokenEncoding {
        var names = (199_998..<201_088).map { "<|reserved_\($0)|>" }
        let known = [
            0: "<|startoftext|>", 1: "<|endoftext|>", 4: "<|return|>", 5: "<|constrain|>", 7: "<|channel|>",
            8: "<|start|>", 9: "<|end|>", 10: "<|message|>", 14: "<|call|>",
        ]
        for (index, name) in known { names[index] = name }
        // The older name stands for the same number as the newer one.
        return TiktokenEncoding(
            .o200k(O200KScanner()), numbered(names, from: 199_998), start: "<|startoftext|>")
    }

    private static var qwen: TiktokenEncoding {
        let names = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"] + (0..<205).map { "<|extra_\($0)|>" }
        return TiktokenEncoding(
            .cl100k(CL100KScanner(digits: 1)), numbered(names, from: 151_643), composes: true)
    }

    private static var llama3: TiktokenEncoding {
        var names = [
            "<|begin_of_text|>", "<|end_of_text|>", "<|reserved_special_token_0|>", "<|reserved_special_token_1|>",
            "<|finetune_right_pad_id|>", "<|step_id|>", "<|start_header_id|>", "<|end_header_id|>", "<|eom_id|>",
            "<|eot_id|>", "<|python_tag|>", "<|image|>",
        ]
        names += (0..<256 - names.count).map { "<|reserved_special_token_\(2 + $0)|>" }
        return TiktokenEncoding(
            .cl100k(CL100KScanner()), numbered(names, from: 128_000), start: "<|begin_of_text|>",
            end: "<|end_of_text|>", addsStart: true)
    }

    private static var llama4: TiktokenEncoding {
        func reserved(_ name: String, _ count: Int, from first: Int) -> [String] {
            (first..<first + count).map { "<|\(name)reserved_special_token_\($0)|>" }
        }
        var names = [
            "<|begin_of_text|>", "<|end_of_text|>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>",
            "<|header_start|>", "<|header_end|>", "<|eom|>", "<|eot|>", "<|step|>",
        ]
        names += reserved("text_post_train_", 6, from: 0)
        names += ["<|python_start|>", "<|python_end|>", "<|finetune_right_pad|>"]
        names += reserved("text_post_train_", 61, from: 8)
        names += ["<|image_start|>", "<|image_end|>"] + reserved("vision_", 2, from: 0)
        names += ["<|tile_x_separator|>", "<|tile_y_separator|>"] + reserved("vision_", 4, from: 2)
        names += ["<|image|>"] + reserved("vision_", 1, from: 6) + ["<|patch|>"]
        names += reserved("vision_", 1041, from: 7) + reserved("reasoning_", 8, from: 0)
        names += ["<|reasoning_thinking_start|>", "<|reasoning_thinking_end|>"]
        names += reserved("", 2048 - names.count, from: 0)
        return TiktokenEncoding(
            .o200k(O200KScanner()), numbered(names, from: 200_000), start: "<|begin_of_text|>",
            end: "<|end_of_text|>", addsStart: true)
    }

    private static var kimi: TiktokenEncoding {
        let names = (163_584..<163_840).map { "<|reserved_token_\($0)|>" }
        return TiktokenEncoding(
            .o200k(O200KScanner(separatesHan: true)), numbered(names, from: 163_584), start: "[BOS]", end: "[EOS]")
    }
}
