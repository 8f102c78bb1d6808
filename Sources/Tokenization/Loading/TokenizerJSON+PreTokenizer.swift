import JSONBytes

extension TokenizerJSON {
    /// The scanner of the member `pre_tokenizer`, which ends with `ByteLevel`.
    static func preTokenizer(_ value: JSONValue) throws(TokenizationError) -> PreTokenizer {
        var steps = [value]
        if type(value) == "Sequence", case .object(let object) = value, case .array(let list)? = object["pretokenizers"]
        {
            steps = list
        }
        guard let last = steps.last, type(last) == "ByteLevel" else {
            let name = type(steps.last ?? .null)
            throw .unsupported(name.isEmpty ? "no 'ByteLevel' pre-tokenizer" : "the pre-tokenizer '\(name)' at the end")
        }
        guard !steps.dropLast().contains(where: { type($0) == "ByteLevel" }) else {
            throw .unsupported("the pre-tokenizer 'ByteLevel' before others")
        }
        var stages: [StagedScanner.Stage] = []
        for step in steps {
            if let stage = try stage(step) { stages.append(stage) }
        }
        return PreTokenizer(stages)
    }

    /// The scanner of one step; nil if it cuts nothing.
    private static func stage(_ step: JSONValue) throws(TokenizationError) -> StagedScanner.Stage? {
        guard case .object(let object) = step else { throw .malformed("a pre-tokenizer is no object") }
        switch type(step) {
        case "ByteLevel":
            guard object["add_prefix_space"] != .bool(true) else {
                throw .unsupported("the setting 'add_prefix_space'")
            }
            return object["use_regex"] == .bool(false) ? nil : .gpt2(.init())
        case "Digits":
            var scanner = RunScanner.digits
            if object["individual_digits"] != .bool(true) { scanner.most = .max }
            return .run(scanner)
        case "Split":
            guard case .object(let pattern)? = object["pattern"], case .string(let expression)? = pattern["Regex"]
            else {
                throw .unsupported("a 'Split' pre-tokenizer without a regular expression")
            }
            guard let stage = KnownPatterns.stage(expression) else {
                throw .unsupported("the pattern '\(expression)'")
            }
            let isInverted = object["invert"] == .bool(true)
            switch object["behavior"] {
            case .string("Isolated"): return stage
            // Between two matches of these nothing is left that could be removed.
            case .string("Removed") where isInverted && stage.matchesEverything: return stage
            case .string(let behavior): throw .unsupported("the 'Split' behavior '\(behavior)'")
            default: throw .malformed("a 'Split' pre-tokenizer has no behavior")
            }
        case let name: throw .unsupported("the pre-tokenizer '\(name)'")
        }
    }
}

extension PreTokenizer {
    /// Stages one after the other, as one scanner where there is one that does the same.
    init(_ stages: [StagedScanner.Stage]) {
        switch stages.first {
        case .gpt2(let scanner)? where stages.count == 1: self = .gpt2(scanner)
        case .cl100k(let scanner)? where stages.count == 1: self = .cl100k(scanner)
        case .o200k(let scanner)? where stages.count == 1: self = .o200k(scanner)
        case .run(let scanner)? where stages.count == 2 && scanner == .digits:
            if case .gpt2 = stages[1] { self = .gpt2(.init(isolatesDigits: true)) } else { self = .staged(stages) }
        case .run(RunScanner(kinds: .number, most: 3))? where stages.count == 3:
            if case .run(.deepSeekIdeographs) = stages[1], case .deepSeek(let scanner) = stages[2],
                !scanner.isolatesNewlines
            {
                self = .deepSeek(.init(cutsNumbersAndIdeographs: true))
            } else {
                self = .staged(stages)
            }
        default: self = stages.isEmpty ? .staged([.run(.init())]) : .staged(stages)
        }
    }
}
