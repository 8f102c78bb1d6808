/// What SentencePiece does to a text before its model sees it.
///
/// Characters are replaced as the map says, spaces are put before the text and taken out where there are too many, and
/// then written as U+2581. It is SentencePiece's `Normalizer::Normalize`; where llama.cpp's differs (several spaces in
/// one replacement, a text of nothing but spaces, no space before the first word), this follows SentencePiece.
struct SentencePieceNormalizer: Sendable {
    var characterMap: PrecompiledCharacterMap?
    /// Pieces that stay as they are.
    var userDefined: ByteTrie?
    /// Whether a space is put before a text, or behind it.
    var addsSpace = true
    /// Whether spaces at the beginning and the end go, and several in a row become one.
    var removesExtraSpaces = true
    /// Whether a space belongs to the word before it.
    var putsSpaceBehind = false

    private static let space: [UInt8] = [0xE2, 0x96, 0x81]
    private static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]

    /// A part of a text as the model's vocabulary spells it. Bytes that are not UTF-8 become U+FFFD. O(n).
    func normalized(_ text: TextView, _ part: Range<Int>) -> [UInt8] {
        guard !part.isEmpty else { return [] }
        var result = addsSpace && !putsSpaceBehind ? Self.space : []
        result.reserveCapacity(part.count + part.count / 4 + Self.space.count)
        var isBehindSpace = removesExtraSpaces
        let buffer = UnsafeBufferPointer(start: text.bytes, count: part.upperBound)
        var position = part.lowerBound
        while position < part.upperBound {
            position += append(text, buffer, at: position, &result, &isBehindSpace)
        }
        if removesExtraSpaces {
            while result.suffix(Self.space.count).elementsEqual(Self.space) { result.removeLast(Self.space.count) }
        }
        if addsSpace, putsSpaceBehind, !result.isEmpty || !isBlank(text, part) { result += Self.space }
        return result
    }

    /// Whether a part of a text is nothing but spaces, which then get no other one; U+2581 is none.
    private func isBlank(_ text: TextView, _ part: Range<Int>) -> Bool {
        guard removesExtraSpaces else { return part.isEmpty }
        let buffer = UnsafeBufferPointer(start: text.bytes, count: part.upperBound)
        var position = part.lowerBound
        while position < part.upperBound {
            let isMark = buffer[position...].starts(with: Self.space)
            if isMark, characterMap?.longestMatch(buffer, from: position) == nil { return false }
            var replaced: [UInt8] = []
            var isBehindSpace = false
            position += append(text, buffer, at: position, &replaced, &isBehindSpace)
            if replaced != Self.space { return false }
        }
        return true
    }

    /// Appends what becomes of the text at `position`; the number of bytes that it took.
    @inline(__always)
    private func append(
        _ text: TextView, _ buffer: UnsafeBufferPointer<UInt8>, at position: Int, _ result: inout [UInt8],
        _ isBehindSpace: inout Bool
    ) -> Int {
        if let piece = userDefined?.longestMatch(buffer, from: position) {
            append(buffer[position..<piece.end], &result, &isBehindSpace)
            return piece.end - position
        }
        if let map = characterMap, let match = map.longestMatch(buffer, from: position) {
            append(map.replacements[match.replacement], &result, &isBehindSpace)
            return match.length
        }
        let character = text.character(at: position, limit: buffer.count)
        if character.length == 1, buffer[position] >= 0x80 {
            append(Self.replacement, &result, &isBehindSpace)
        } else {
            append(buffer[position..<position + character.length], &result, &isBehindSpace)
        }
        return character.length
    }

    /// Appends the replacement of one text. Only spaces at its beginning can be too many.
    @inline(__always)
    private func append(_ text: some Sequence<UInt8>, _ result: inout [UInt8], _ isBehindSpace: inout Bool) {
        var removes = isBehindSpace
        var last: UInt8?
        for byte in text {
            if removes, byte == 0x20 { continue }
            removes = false
            if byte == 0x20 { result += Self.space } else { result.append(byte) }
            last = byte
        }
        if let last { isBehindSpace = removesExtraSpaces && last == 0x20 }
    }
}
