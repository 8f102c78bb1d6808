/// Scanners one after the other: each cuts the words of the one before it, as `Sequence` pre-tokenizers do.
struct StagedScanner: WordScanner {
    enum Stage {
        case gpt2(GPT2Scanner)
        case cl100k(CL100KScanner)
        case o200k(O200KScanner)
        case deepSeek(DeepSeekScanner)
        case run(RunScanner)
        case bloom(BloomScanner)
        case chameleon(ChameleonScanner)
        case digitGroups(DigitGroupScanner)
        case exaone(ExaoneScanner)
        case jais(JaisScanner)
        case lines

        /// Whether every text is a row of matches with nothing between them.
        var matchesEverything: Bool {
            switch self {
            case .gpt2, .cl100k, .o200k, .exaone, .jais, .lines: true
            case .deepSeek, .run, .bloom, .chameleon, .digitGroups: false
            }
        }
    }

    private var stages: [Stage]
    /// Where the word of each stage that is being cut ends; `ends[i + 1]` is at most `ends[i]`.
    private var ends: [Int] = []

    init(_ stages: [Stage]) {
        precondition(!stages.isEmpty, "a staged scanner has stages")
        self.stages = stages
    }

    mutating func begin(limit: Int) {
        ends.removeAll(keepingCapacity: true)
        for index in stages.indices {
            switch stages[index] {
            case .digitGroups(var scanner):
                scanner.begin(limit: limit)
                stages[index] = .digitGroups(scanner)
            case .jais(var scanner):
                scanner.begin(limit: limit)
                stages[index] = .jais(scanner)
            default: break
            }
        }
    }

    mutating func wordEnd(_ text: TextView, from position: Int, limit: Int) -> Int {
        while let last = ends.last, last == position { ends.removeLast() }
        while ends.count < stages.count {
            ends.append(end(ofStage: ends.count, text, from: position, limit: ends.last ?? limit))
        }
        return ends[stages.count - 1]
    }

    private mutating func end(ofStage index: Int, _ text: TextView, from position: Int, limit: Int) -> Int {
        switch stages[index] {
        case .gpt2(var scanner): return scanner.wordEnd(text, from: position, limit: limit)
        case .cl100k(var scanner): return scanner.wordEnd(text, from: position, limit: limit)
        case .o200k(var scanner): return scanner.wordEnd(text, from: position, limit: limit)
        case .deepSeek(var scanner): return scanner.wordEnd(text, from: position, limit: limit)
        case .run(var scanner): return scanner.wordEnd(text, from: position, limit: limit)
        case .bloom(var scanner): return scanner.wordEnd(text, from: position, limit: limit)
        case .chameleon(var scanner): return scanner.wordEnd(text, from: position, limit: limit)
        case .exaone(var scanner): return scanner.wordEnd(text, from: position, limit: limit)
        case .digitGroups(var scanner):
            // It remembers where it is.
            defer { stages[index] = .digitGroups(scanner) }
            return scanner.wordEnd(text, from: position, limit: limit)
        case .jais(var scanner):
            defer { stages[index] = .jais(scanner) }
            return scanner.wordEnd(text, from: position, limit: limit)
        case .lines:
            let isNewline = text.bytes[position] == 0x0A
            var end = position + 1
            while end < limit, (text.bytes[end] == 0x0A) == isNewline { end += 1 }
            return end
        }
    }
}
