/// One of the pre-tokenizers of `tokenizer.json`.
enum SplitStep: Sendable {
    case pattern(TextPattern, SplitBehavior, isInverted: Bool)
    /// A pattern with a scanner, whose matches and what lies between them are the pieces.
    case scanner(StagedScanner.Stage)
    /// Each punctuation character.
    case punctuation(SplitBehavior)
    /// Each number, or each run of them.
    case digits(isIndividual: Bool)
    /// At white space, which goes.
    case whiteSpace
    /// Runs of word characters and runs of others; white space goes.
    case words
    /// At one character, which goes.
    case delimiter(UInt32)
    /// Spaces become a mark, one of which may be put before.
    case metaspace(mark: [UInt8], Prefix, splits: Bool)
    /// Bytes are spelt in GPT-2's alphabet.
    case byteLevel(addsPrefixSpace: Bool, usesPattern: Bool)

    /// Which pieces get a mark before them.
    enum Prefix: String, Sendable {
        case always
        /// The first of the text.
        case first
        case never
    }

    func apply(to pieces: inout Pieces) {
        switch self {
        case .pattern(let pattern, let behavior, let isInverted):
            pieces.cut(behavior, isInverted: isInverted) { pattern.forEachMatch(in: $0, $1, $2) }
        case .scanner(let stage): Self.scan(&pieces, stage)
        case .punctuation(let behavior):
            Self.cut(&pieces, behavior) { $0.kind.isAny(of: .bertPunctuation) }
        case .digits(let isIndividual):
            Self.cut(&pieces, isIndividual ? .isolated : .contiguous) { $0.kind.isAny(of: [.number, .newerNumber]) }
        case .whiteSpace:
            Self.cut(&pieces, .removed) { CharacterProperties.of($0.scalar).isAny(of: .whiteSpace) }
        case .words: Self.cutWords(&pieces)
        case .delimiter(let scalar): Self.cut(&pieces, .removed) { $0.scalar == scalar }
        case .metaspace(let mark, let prefix, let splits): Self.mark(&pieces, mark, prefix, splits)
        case .byteLevel(let addsPrefixSpace, let usesPattern):
            if addsPrefixSpace { pieces.rewrite { bytes, _ in bytes.first == 0x20 ? Array(bytes) : [0x20] + bytes } }
            if usesPattern { Self.scan(&pieces, .gpt2(GPT2Scanner())) }
            pieces.rewrite { bytes, _ in ByteAlphabet.encode(bytes) }
        }
    }

    /// Cuts at single characters.
    private static func cut(
        _ pieces: inout Pieces, _ behavior: SplitBehavior, where isMatch: (TextView.Character) -> Bool
    ) {
        pieces.cut(behavior) { text, range, found in
            TextView.with(text) { view in
                var position = range.lowerBound
                while position < range.upperBound {
                    let character = view.character(at: position, limit: range.upperBound)
                    let end = position + character.length
                    if isMatch(character) { found(position..<end) }
                    position = end
                }
            }
        }
    }

    /// `\w+|[^\w\s]+`; what lies between goes.
    private static func cutWords(_ pieces: inout Pieces) {
        pieces.cut(.removed, isInverted: true) { text, range, found in
            TextView.with(text) { view in
                var position = range.lowerBound
                while position < range.upperBound {
                    let character = view.character(at: position, limit: range.upperBound)
                    var end = position + character.length
                    if character.kind.isAny(of: .word) {
                        end = view.end(of: .word, from: end, limit: range.upperBound)
                        found(position..<end)
                    } else if !character.kind.isAny(of: .whiteSpace) {
                        end = view.end(ofNone: [.word, .whiteSpace], from: end, limit: range.upperBound)
                        found(position..<end)
                    }
                    position = end
                }
            }
        }
    }

    private static func scan(_ pieces: inout Pieces, _ stage: StagedScanner.Stage) {
        pieces.cut(.isolated) { text, range, found in
            TextView.with(text) { view in
                var scanner = StagedScanner([stage])
                scanner.begin(limit: range.upperBound)
                var position = range.lowerBound
                while position < range.upperBound {
                    let end = scanner.wordEnd(view, from: position, limit: range.upperBound)
                    found(position..<end)
                    position = end
                }
            }
        }
    }

    private static func mark(_ pieces: inout Pieces, _ mark: [UInt8], _ prefix: Prefix, _ splits: Bool) {
        pieces.rewrite { bytes, startsText in
            var result: [UInt8] = []
            result.reserveCapacity(bytes.count + bytes.count / 2 + mark.count)
            let isFirst = prefix == .always || prefix == .first && startsText
            if isFirst, bytes.first != 0x20, !bytes.starts(with: mark) { result += mark }
            for byte in bytes {
                if byte == 0x20 { result += mark } else { result.append(byte) }
            }
            return result
        }
        if splits {
            pieces.cut(.mergedWithNext) { TextPattern.literal(mark).forEachMatch(in: $0, $1, $2) }
        }
    }
}
