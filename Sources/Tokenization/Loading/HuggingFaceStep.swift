import JSONBytes

/// One of the pre-tokenizers that a `tokenizer.json` puts in a row to cut a text into words.
enum HuggingFaceStep {
    /// Each number by itself.
    case digits
    /// What the pattern matches, and what lies between.
    case pattern(String)

    /// What a pre-tokenizer is in a `tokenizer.json`; nil if a part of it has no pattern that is known to be equal.
    static func steps(of preTokenizer: PreTokenizer) -> [HuggingFaceStep]? {
        switch preTokenizer {
        case .gpt2(let scanner): steps(of: (scanner.isolatesDigits ? [.run(.digits)] : []) + [.gpt2(.init())])
        case .cl100k(let scanner): steps(of: [.cl100k(scanner)])
        case .o200k(let scanner): steps(of: [.o200k(scanner)])
        case .deepSeek(let scanner) where scanner.cutsNumbersAndIdeographs && !scanner.isolatesNewlines:
            steps(of: [.run(RunScanner(kinds: .number, most: 3)), .run(.deepSeekIdeographs), .deepSeek(.init())])
        case .deepSeek: nil
        case .staged(let stages): steps(of: stages)
        }
    }

    private static func steps(of stages: [StagedScanner.Stage]) -> [HuggingFaceStep]? {
        let steps = stages.compactMap(step)
        return steps.count == stages.count ? steps : nil
    }

    private static func step(of stage: StagedScanner.Stage) -> HuggingFaceStep? {
        if case .run(let scanner) = stage, scanner == .digits { return .digits }
        return KnownPatterns.pattern { areEqual($0, stage) }.map { .pattern($0) }
    }

    /// Whether two stages cut alike; false for those that `tokenizer.json` files spell in too many ways.
    private static func areEqual(_ left: StagedScanner.Stage, _ right: StagedScanner.Stage) -> Bool {
        switch (left, right) {
        case (.gpt2(let left), .gpt2(let right)): left.isolatesDigits == right.isolatesDigits
        case (.cl100k(let left), .cl100k(let right)):
            left.digits == right.digits && left.hasContractions == right.hasContractions
                && left.joinsMarks == right.joinsMarks
                && left.endsPunctuationAtNewline == right.endsPunctuationAtNewline
                && left.takesFinalWhiteSpace == right.takesFinalWhiteSpace
        case (.o200k(let left), .o200k(let right)):
            left.digits == right.digits && left.hasContractions == right.hasContractions
                && left.separatesHan == right.separatesHan
        case (.deepSeek(let left), .deepSeek(let right)):
            left.cutsNumbersAndIdeographs == right.cutsNumbersAndIdeographs
                && left.isolatesNewlines == right.isolatesNewlines
        case (.run(let left), .run(let right)): left == right
        default: false
        }
    }

    func write(to writer: inout JSONWriter) {
        switch self {
        case .digits: writer.raw(#"{"type":"Digits","individual_digits":true}"#)
        case .pattern(let pattern):
            writer.raw(#"{"type":"Split","pattern":{"Regex":"#)
            writer.write(pattern)
            writer.raw(#"},"behavior":"Isolated","invert":false}"#)
        }
    }
}
