/// What a model's texts are made into before they are cut and tokenized: the normalizers of `tokenizer.json`.
///
/// Bytes that are not UTF-8 stay as they are.
indirect enum Normalizer: Sendable {
    case sequence([Normalizer])
    /// Unicode's form C, KC, D or KD.
    case form(composes: Bool, isCompatible: Bool)
    case lowercase
    case strip(left: Bool, right: Bool)
    case stripAccents
    case replace(TextPattern, with: [UInt8])
    /// Puts bytes before a text that is not empty.
    case prepend([UInt8])
    case bert(BertNormalizer)
    case nmt
    /// Spells bytes in GPT-2's alphabet.
    case byteLevel
    case precompiled(PrecompiledCharacterMap)
    case sentencePiece(SentencePieceNormalizer)

    /// A text made normal. O(text).
    func normalized(_ text: [UInt8]) -> [UInt8] {
        guard !text.isEmpty else { return text }
        switch self {
        case .sequence(let normalizers): return normalizers.reduce(text) { $1.normalized($0) }
        case .form(let composes, let isCompatible):
            guard text.contains(where: { $0 >= 0x80 }) else { return text }
            let forms = isCompatible ? CanonicalComposition.compatible : .shared
            return TextView.with(text) { view in
                composes ? forms.normalized(view, text.indices) : forms.decomposed(view, text.indices)
            }
        case .lowercase: return TextView.with(text) { LowercaseMap.shared.lowercased($0, text.indices) }
        case .strip(let left, let right): return Self.stripped(text, left: left, right: right)
        case .stripAccents:
            return Self.filtered(text) { !CharacterProperties.of($0).isAny(of: .accent) }
        case .replace(let pattern, let replacement): return Self.replaced(text, pattern, replacement)
        case .prepend(let prefix): return prefix + text
        case .bert(let normalizer): return TextView.with(text) { normalizer.normalized($0, text.indices) }
        case .nmt: return NmtNormalizer.normalized(text)
        case .byteLevel: return ByteAlphabet.encode(text)
        case .precompiled(let map): return map.normalizedByGraphemes(String(decoding: text, as: UTF8.self))
        case .sentencePiece(let normalizer):
            return TextView.with(text) { normalizer.normalized($0, text.indices) }
        }
    }

    /// The characters for which a condition holds, and the bytes that are no characters.
    private static func filtered(_ text: [UInt8], _ isKept: (UInt32) -> Bool) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        TextView.forEachCharacter(of: text) { scalar, bytes in
            guard let scalar else { return result.append(contentsOf: bytes) }
            if isKept(scalar) { result.append(contentsOf: bytes) }
        }
        return result
    }

    private static func stripped(_ text: [UInt8], left: Bool, right: Bool) -> [UInt8] {
        var first = text.endIndex
        var end = text.startIndex
        TextView.forEachCharacter(of: text) { scalar, bytes in
            guard let scalar, CharacterProperties.of(scalar).isAny(of: .whiteSpace) else {
                first = min(first, bytes.startIndex)
                end = bytes.endIndex
                return
            }
        }
        let start = left ? first : text.startIndex
        return Array(text[start..<max(start, right ? end : text.endIndex)])
    }

    private static func replaced(_ text: [UInt8], _ pattern: TextPattern, _ replacement: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var position = 0
        pattern.forEachMatch(in: text, text.indices) { match in
            result += text[position..<match.lowerBound]
            result += replacement
            position = match.upperBound
        }
        return result + text[position...]
    }
}

extension TextView {
    /// Calls a function with a view of bytes that are not empty.
    static func with<Result>(_ text: [UInt8], _ body: (TextView) -> Result) -> Result {
        text.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("the text is not empty") }
            return body(TextView(buffer, base))
        }
    }

    /// Calls a function with each character of a text and its bytes; without a character for a byte that belongs to
    /// none.
    static func forEachCharacter(of text: [UInt8], _ body: (UInt32?, ArraySlice<UInt8>) -> Void) {
        guard !text.isEmpty else { return }
        with(text) { view in
            var position = 0
            while position < text.count {
                let character = view.character(at: position, limit: text.count)
                let isMalformed = character.length == 1 && text[position] >= 0x80
                let end = position + character.length
                body(isMalformed ? nil : character.scalar, text[position..<end])
                position = end
            }
        }
    }
}
