/// What BERT's tokenizers do to a text first: clean it, set ideographs apart, strip accents, make it lowercase.
///
/// It is Hugging Face's `BertNormalizer`, with all of Unicode's canonical decompositions and lowercase mappings;
/// llama.cpp's replaces a character by the first of its decomposition.
struct BertNormalizer: Sendable, Equatable {
    /// Whether controls are taken out, and white space becomes spaces.
    var cleansText = true
    /// Whether Chinese characters have spaces around them.
    var separatesIdeographs = true
    var stripsAccents = true
    var makesLowercase = true

    private static let ideographs: [ClosedRange<UInt32>] = [
        // The sixth should begin at U+2B820; models were trained without those before U+2B920.
        0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F,
        0x2B920...0x2CEAF, 0x2F800...0x2FA1F,
    ]

    /// A part of a text, normalized. Bytes that are not UTF-8 go with the controls, or stay. O(n).
    func normalized(_ text: TextView, _ part: Range<Int>) -> [UInt8] {
        let cleaned = cleaned(text, part)
        guard stripsAccents || makesLowercase else { return cleaned }
        return cleaned.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return [] }
            let view = TextView(buffer, base)
            guard stripsAccents, buffer.contains(where: { $0 >= 0x80 }) else { return finished(view) }
            return CanonicalComposition.shared.decomposed(view, buffer.indices).withUnsafeBufferPointer { decomposed in
                guard let base = decomposed.baseAddress else { return [] }
                return finished(TextView(decomposed, base))
            }
        }
    }

    private func cleaned(_ text: TextView, _ part: Range<Int>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(part.count)
        var position = part.lowerBound
        while position < part.upperBound {
            let character = text.character(at: position, limit: part.upperBound)
            let bytes = UnsafeBufferPointer(start: text.bytes + position, count: character.length)
            position += character.length
            let isMalformed = character.length == 1 && bytes[0] >= 0x80
            if cleansText, isMalformed || character.kind.isAny(of: .removedByBert) { continue }
            if cleansText, character.kind.isAny(of: .whiteSpace) {
                result.append(0x20)
            } else if separatesIdeographs, Self.isIdeograph(character.scalar) {
                result.append(0x20)
                result.append(contentsOf: bytes)
                result.append(0x20)
            } else {
                result.append(contentsOf: bytes)
            }
        }
        return result
    }

    /// Leaves out the marks and makes lowercase, as the settings say.
    private func finished(_ text: TextView) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var position = 0
        while position < text.count {
            let character = text.character(at: position, limit: text.count)
            let bytes = UnsafeBufferPointer(start: text.bytes + position, count: character.length)
            position += character.length
            if stripsAccents, character.kind.isAny(of: .nonspacingMark) { continue }
            let isMalformed = character.length == 1 && bytes[0] >= 0x80
            if makesLowercase, !isMalformed {
                LowercaseMap.shared.append(character.scalar, to: &result)
            } else {
                result.append(contentsOf: bytes)
            }
        }
        return result
    }

    @inline(__always)
    private static func isIdeograph(_ scalar: UInt32) -> Bool {
        scalar >= 0x3400 && ideographs.contains { $0.contains(scalar) }
    }
}
