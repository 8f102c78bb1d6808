import ServingModel

/// The names by which tokens with a meaning of their own are known where a file does not point them out.
enum SpecialTokenNames {
    private static let turnEnds = [
        "<|eot_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<|endoftext|>", "<|end_of_text|>", "<EOT>", "_<EOT>",
        "[EOT]", "<｜end▁of▁sentence｜>", "<end_of_utterance>",
    ]
    private static let generationEnds =
        turnEnds + [
            "<|return|>", "<|call|>", "<|flush|>", "<|calls|>", "</s>", "<|eom_id|>", "[EOS]", "<eos>", "<turn|>",
            "<|tool_response>", "[e~[",
        ]
    /// Where these end an answer, `</s>` is text.
    private static let otherEnds = ["<|tool_response>", "<|plamo:eos|>"]
    private static let fillPrefixes = [
        "<|fim_prefix|>", "<fim-prefix>", "<fim_prefix>", "<｜fim▁begin｜>", "<PRE>", "▁<PRE>", "<|code_prefix|>",
        "<|prefix|>",
    ]
    private static let fillSuffixes = [
        "<|fim_suffix|>", "<fim-suffix>", "<fim_suffix>", "<｜fim▁hole｜>", "<SUF>", "▁<SUF>", "<|code_suffix|>",
        "<|suffix|>",
    ]
    private static let fillMiddles = [
        "<|fim_middle|>", "<fim-middle>", "<fim_middle>", "<｜fim▁end｜>", "<MID>", "▁<MID>", "<|code_middle|>",
        "<|middle|>",
    ]
    static let all = Set(generationEnds + otherEnds + fillPrefixes + fillSuffixes + fillMiddles)

    /// Fills in what is missing from the tokens that a vocabulary has under these names, and gives those that end a
    /// generation, which are control tokens whatever the file says.
    static func complete(_ specials: inout SpecialTokens, with tokens: [String: TokenID]) -> [TokenID] {
        // Where a model ends its answers otherwise, these do not end them.
        var others: [String] = []
        if tokens["<|return|>"] != nil, tokens["<|call|>"] != nil { others.append("<|end|>") }
        if tokens["<|flush|>"] != nil, tokens["<|calls|>"] != nil { others.append("<|end|>") }
        if otherEnds.contains(where: { tokens[$0] != nil }) { others.append("</s>") }
        func first(_ names: [String]) -> TokenID? {
            names.lazy.filter { !others.contains($0) }.compactMap { tokens[$0] }.first
        }
        specials.endOfTurn = specials.endOfTurn ?? first(turnEnds)
        specials.fillPrefix = specials.fillPrefix ?? first(fillPrefixes)
        specials.fillSuffix = specials.fillSuffix ?? first(fillSuffixes)
        specials.fillMiddle = specials.fillMiddle ?? first(fillMiddles)
        let named = generationEnds.filter { !others.contains($0) }.compactMap { tokens[$0] }
        var ends = Set(named + specials.endOfGeneration)
        if let end = specials.endOfSequence { ends.insert(end) }
        if let end = specials.endOfTurn { ends.insert(end) }
        ends.subtract(others.compactMap { tokens[$0] })
        specials.endOfGeneration = ends.sorted()
        return named
    }
}
