import JSONBytes

extension TokenizerJSON {
    /// The member `normalizer`; nil if it changes nothing.
    static func normalizer(_ value: JSONValue) throws(TokenizationError) -> Normalizer? {
        var normalizers: [Normalizer] = []
        for part in try TokenizerPart.list(value, sequence: "normalizers") { normalizers.append(try normalizer(part)) }
        return normalizers.count < 2 ? normalizers.first : .sequence(normalizers)
    }

    private static func normalizer(_ part: TokenizerPart) throws(TokenizationError) -> Normalizer {
        switch part.type {
        case "NFC": return .form(composes: true, isCompatible: false)
        case "NFD": return .form(composes: false, isCompatible: false)
        case "NFKC": return .form(composes: true, isCompatible: true)
        case "NFKD": return .form(composes: false, isCompatible: true)
        case "Lowercase": return .lowercase
        case "Strip":
            return .strip(
                left: part.bool("strip_left", default: true), right: part.bool("strip_right", default: true))
        case "StripAccents": return .stripAccents
        case "Replace": return .replace(try part.pattern(), with: try part.bytes("content"))
        case "Prepend": return .prepend(try part.bytes("prepend"))
        case "BertNormalizer":
            let makesLowercase = part.bool("lowercase", default: true)
            return .bert(
                BertNormalizer(
                    cleansText: part.bool("clean_text", default: true),
                    separatesIdeographs: part.bool("handle_chinese_chars", default: true),
                    stripsAccents: part.bool("strip_accents", default: makesLowercase),
                    makesLowercase: makesLowercase))
        case "Nmt": return .nmt
        case "ByteLevel": return .byteLevel
        case "Precompiled":
            guard let blob = Base64.decode(try part.bytes("precompiled_charsmap")) else {
                throw .malformed("'precompiled_charsmap' is not base64")
            }
            return .precompiled(try PrecompiledCharacterMap(blob))
        default: throw .unsupported("the normalizer '\(part.type)'")
        }
    }
}
