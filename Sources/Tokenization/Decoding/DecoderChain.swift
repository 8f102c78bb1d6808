import ServingModel

/// The decoder of a `tokenizer.json`, applied to each token once, when the file is loaded.
///
/// Hugging Face's decoders look at the tokens one by one but for what is said in `Decoding`; what a token adds to a
/// text depends at most on whether it is the first.
struct DecoderChain {
    enum Step {
        /// GPT-2's alphabet; must be alone.
        case byteLevel
        case metaspace(mark: [UInt8], dropsFirst: Bool)
        case byteFallback
        /// From here on the text is one.
        case fuse
        /// So many of a character go from the beginning and from the end.
        case strip(content: [UInt8], start: Int, end: Int)
        case replace(TextPattern, with: [UInt8])
        case wordPiece(prefix: [UInt8], cleansUp: Bool)
        /// Behind tokens with the suffix is a space.
        case suffix([UInt8])
        /// Tokens stand apart: what the reference does without a decoder.
        case join

        /// The name of those that cannot stand behind `Fuse`.
        var name: String {
            switch self {
            case .metaspace: "Metaspace"
            case .wordPiece: "WordPiece"
            case .suffix: "BPEDecoder"
            case .replace: "Replace"
            case .byteFallback: "ByteFallback"
            case .strip: "Strip"
            case .byteLevel: "ByteLevel"
            case .fuse, .join: "Fuse"
            }
        }
    }

    private(set) var decoding = Decoding()
    private let steps: [Step]

    /// - Throws: `.unsupported` for steps that would have to look at several tokens at once.
    init(_ steps: [Step]) throws(TokenizationError) {
        var kept: [Step] = []
        var isOne = false
        for step in steps {
            switch step {
            case .byteLevel where steps.contains { if case .byteLevel = $0 { false } else { true } }:
                throw .unsupported("the decoder 'ByteLevel' beside others")
            case .byteFallback:
                guard !isOne else { throw Self.refusal(step) }
                decoding.malformed = .perRun
                kept.append(step)
            case .fuse: isOne = true
            case .strip(let content, let start, let end) where isOne:
                guard end == 0, content == [0x20] else { throw Self.refusal(step) }
                decoding.leading = .spaces(start)
            case .replace(.literal(let literal), _) where isOne && literal.count(where: { $0 & 0xC0 != 0x80 }) == 1:
                kept.append(step)
            case .byteLevel, .strip, .join: kept.append(step)
            case .replace, .metaspace, .wordPiece, .suffix:
                guard !isOne else { throw Self.refusal(step) }
                if case .suffix = step { decoding.holdsTrailingSpace = true }
                kept.append(step)
            }
        }
        self.steps = kept
    }

    private static func refusal(_ step: Step) -> TokenizationError {
        .unsupported("the decoder '\(step.name)' behind 'Fuse'")
    }

    /// What a token adds to a text, and whether it is one byte.
    func text(of spelling: [UInt8], isFirst: Bool) -> (bytes: [UInt8], isByte: Bool) {
        var text = spelling
        for step in steps {
            switch step {
            case .byteLevel: text = ByteAlphabet.decode(text) ?? text
            case .byteFallback: if let byte = PieceSpelling.byte(text) { return ([byte], true) }
            case .metaspace(let mark, let dropsFirst):
                text = Self.replaced(text, mark, with: isFirst && dropsFirst ? [] : [0x20])
            case .strip(let content, let start, let end): text = Self.stripped(text, content, start, end)
            case .replace(let pattern, let replacement):
                text = Normalizer.replace(pattern, with: replacement).normalized(text)
            case .wordPiece(let prefix, let cleansUp):
                if !isFirst {
                    text =
                        !prefix.isEmpty && text.starts(with: prefix)
                        ? Array(text.dropFirst(prefix.count)) : [0x20] + text
                }
                if cleansUp { text = Self.cleaned(text) }
            case .suffix(let suffix): text = Self.replaced(text, suffix, with: [0x20])
            case .join: if !isFirst { text = [0x20] + text }
            case .fuse: break
            }
        }
        return (text, false)
    }

    private static func replaced(_ text: [UInt8], _ literal: [UInt8], with replacement: [UInt8]) -> [UInt8] {
        literal.isEmpty ? text : Normalizer.replace(.literal(literal), with: replacement).normalized(text)
    }

    private static func stripped(_ text: [UInt8], _ content: [UInt8], _ start: Int, _ end: Int) -> [UInt8] {
        var text = text[...]
        for _ in 0..<start where text.starts(with: content) { text = text.dropFirst(content.count) }
        for _ in 0..<end where text.reversed().starts(with: content.reversed()) { text = text.dropLast(content.count) }
        return Array(text)
    }

    /// English punctuation without the spaces that tokenizing put before it, in the order of the reference.
    private static func cleaned(_ text: [UInt8]) -> [UInt8] {
        let replacements = [
            (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
            (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
        ]
        return replacements.reduce(text) { replaced($0, Array($1.0.utf8), with: Array($1.1.utf8)) }
    }
}
