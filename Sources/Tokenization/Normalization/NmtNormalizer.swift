/// SentencePiece's cleaning of control characters and white space: `Nmt` in `tokenizer.json`.
enum NmtNormalizer {
    static func normalized(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        TextView.forEachCharacter(of: text) { scalar, bytes in
            guard let scalar else { return result.append(contentsOf: bytes) }
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
