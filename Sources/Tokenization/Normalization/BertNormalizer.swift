/// BERT's cleaning of texts: `BertNormalizer` in `tokenizer.json`.
struct BertNormalizer: Sendable, Equatable {
    /// Whether control characters go and white space becomes spaces.
    var cleansText = true
    /// Whether ideographs get spaces around them.
    var separatesIdeographs = true
    var stripsAccents = true
    var lowercases = true

    func normalized(_ text: [UInt8]) -> [UInt8] {
        var text = text
        if cleansText || separatesIdeographs { text = separated(text) }
        if stripsAccents {
            let decomposed = Normalizer.form(composes: false, isCompatible: false).normalized(text)
            text = Normalizer.filtered(decomposed) { !CharacterProperties.of($0).isAny(of: .bertAccent) }
        }
        return lowercases ? CharacterMapper.lowercase.map(text) : text
    }

    private func separated(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        TextView.forEachCharacter(of: text) { scalar, bytes in
            guard let scalar else { return result.append(contentsOf: bytes) }
            if cleansText {
                let properties = CharacterProperties.of(scalar)
                if properties.isAny(of: .bertControl) { return }
                if properties.isAny(of: .bertSpace) { return result.append(0x20) }
            }
            guard separatesIdeographs, Self.isIdeograph(scalar) else { return result.append(contentsOf: bytes) }
            result.append(0x20)
            result += bytes
            result.append(0x20)
        }
        return result
    }

    private static func isIdeograph(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
            0x2B920...0x2CEAF, 0x2F800...0x2FA1F:
            true
        default: false
        }
    }
}

/// SentencePiece's cleaning of control characters and white space: `Nmt` in `tokenizer.json`.
enum NmtNormalizer {
    static func normalized(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        TextView.forEachCharacter(of: text) { scalar, bytes in
            switch scalar {
            case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F: break
            case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD:
                result.append(0x20)
            default: result += bytes
            }
        }
        return result
    }
}
