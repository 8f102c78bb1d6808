import JSONBytes

extension TokenizerJSON {
    /// The scanner that does what the member `pre_tokenizer` says; nil if there is none or if it does not end with
    /// `ByteLevel`.
    static func wordScanner(_ value: JSONValue) throws(TokenizationError) -> PreTokenizer? {
        let parts = try TokenizerPart.list(value, sequence: "pretokenizers")
        guard parts.last?.type == "ByteLevel" else { return nil }
        var stages: [StagedScanner.Stage] = []
        for (index, part) in parts.enumerated() {
            if part.type == "ByteLevel" {
                guard index == parts.count - 1, !part.bool("add_prefix_space", default: false) else { return nil }
                if part.bool("use_regex", default: true) { stages.append(.gpt2(.init())) }
            } else if let stage = stage(part) {
                stages.append(stage)
            } else {
                return nil
            }
        }
        return PreTokenizer(stages)
    }

    /// The scanner of one part, if there is one.
    private static func stage(_ part: TokenizerPart) -> StagedScanner.Stage? {
        switch part.type {
        case "Digits":
            var scanner = RunScanner.digits
            if !part.bool("individual_digits", default: false) { scanner.most = .max }
            return .run(scanner)
        case "Split":
            guard case .object(let pattern) = part["pattern"], case .string(let expression)? = pattern["Regex"],
                let stage = KnownPatterns.stage(expression)
            else { return nil }
            switch part["behavior"] {
            case .string("Isolated"): return stage
            // Between two matches of these nothing is left that could be removed.
            case .string("Removed") where part.bool("invert", default: false) && stage.matchesEverything: return stage
            default: return nil
            }
        default: return nil
        }
    }

    /// The member `pre_tokenizer`, step by step.
    static func splits(_ value: JSONValue) throws(TokenizationError) -> [SplitStep] {
        var steps: [SplitStep] = []
        for part in try TokenizerPart.list(value, sequence: "pretokenizers") { steps += try splits(part) }
        return steps
    }

    private static func splits(_ part: TokenizerPart) throws(TokenizationError) -> [SplitStep] {
        if let stage = stage(part), part.type == "Split" { return [.scanner(stage)] }
        switch part.type {
        case "Split":
            let isInverted = part.bool("invert", default: false)
            return [.pattern(try part.pattern(), try behavior(part), isInverted: isInverted)]
        case "Digits": return [.digits(isIndividual: part.bool("individual_digits", default: false))]
        case "Whitespace": return [.words]
        case "WhitespaceSplit": return [.whiteSpace]
        case "Punctuation": return [.punctuation(try behavior(part, default: .isolated))]
        case "BertPreTokenizer": return [.whiteSpace, .punctuation(.isolated)]
        case "CharDelimiterSplit":
            let delimiter = try part.string("delimiter").unicodeScalars
            guard let scalar = delimiter.first, delimiter.count == 1 else {
                throw .malformed("the delimiter of 'CharDelimiterSplit' is not one character")
            }
            return [.delimiter(scalar.value)]
        case "Metaspace": return [try metaspace(part)]
        case "ByteLevel":
            return [
                .byteLevel(
                    addsPrefixSpace: part.bool("add_prefix_space", default: false),
                    usesPattern: part.bool("use_regex", default: true))
            ]
        default: throw .unsupported("the pre-tokenizer '\(part.type)'")
        }
    }

    private static func behavior(
        _ part: TokenizerPart, default value: SplitBehavior? = nil
    ) throws(TokenizationError) -> SplitBehavior {
        if part["behavior"] == .null, let value { return value }
        let name = try part.string("behavior")
        guard let behavior = SplitBehavior(rawValue: name) else { throw .unsupported("the behavior '\(name)'") }
        return behavior
    }

    private static func metaspace(_ part: TokenizerPart) throws(TokenizationError) -> SplitStep {
        .metaspace(
            mark: try part.bytes("replacement"), try prefix(part), splits: part.bool("split", default: true))
    }

    /// Files of old versions write `add_prefix_space` instead of `prepend_scheme`.
    static func prefix(_ part: TokenizerPart) throws(TokenizationError) -> SplitStep.Prefix {
        guard part["prepend_scheme"] != .null else {
            return part.bool("add_prefix_space", default: true) ? .always : .never
        }
        let name = try part.string("prepend_scheme")
        guard let prefix = SplitStep.Prefix(rawValue: name) else { throw .unsupported("the scheme '\(name)'") }
        return prefix
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
