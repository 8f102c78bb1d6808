extension PrecompiledCharacterMap {
    /// A text normalized as Hugging Face's `Precompiled` does it, which differs from SentencePiece: it looks up
    /// graphemes of less than six bytes, then single characters, and takes the shortest text that they begin with.
    ///
    /// Graphemes are the standard library's, whose Unicode is newer than the reference's. O(n).
    func normalizedByGraphemes(_ text: String) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count)
        for grapheme in text {
            let bytes = Array(grapheme.utf8)
            if bytes.count < 6, let match = shortestMatch(bytes) {
                result += replacements[match.replacement]
                continue
            }
            for scalar in grapheme.unicodeScalars {
                let character = Array(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
                if let match = shortestMatch(character) {
                    result += replacements[match.replacement]
                } else {
                    result += character
                }
            }
        }
        return result
    }

    private func shortestMatch(_ text: [UInt8]) -> Match? {
        text.withUnsafeBufferPointer { shortestMatch($0, from: 0) }
    }
}
