import ServingModel

extension AddedTokenMatcher {
    /// Walks over a text: added tokens are appended to `tokens`, and what lies between them is shown to `encode`, which
    /// appends its tokens; it is never shown nothing.
    @inline(__always)
    func forEachPart(
        of text: Span<UInt8>, specialsIn specials: [Range<Int>], into tokens: inout [TokenID],
        _ encode: (TextView, Range<Int>, inout [TokenID]) -> Void
    ) {
        text.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress, !buffer.isEmpty else { return }
            let view = TextView(buffer, base)
            var position = 0
            var range = 0
            while let match = match(view, from: position, specials: specials, range: &range) {
                if position < match.range.lowerBound { encode(view, position..<match.range.lowerBound, &tokens) }
                tokens.append(match.id)
                position = match.range.upperBound
            }
            if position < view.count { encode(view, position..<view.count, &tokens) }
        }
    }
}
