/// BLOOM's pattern: ` ?[^(\s|.,!?…。，、।۔،)]+`. What lies between two matches is a word.
struct BloomScanner: WordScanner {
    mutating func wordEnd(_ text: TextView, from position: Int, limit: Int) -> Int {
        var end = position
        while end < limit {
            let start = text.bytes[end] == 0x20 ? end + 1 : end
            let matchEnd = runEnd(text, from: start, limit: limit)
            if matchEnd > start { return end > position ? end : matchEnd }
            end += text.character(at: end, limit: limit).length
        }
        return end
    }

    private func runEnd(_ text: TextView, from position: Int, limit: Int) -> Int {
        var end = position
        while end < limit {
            let character = text.character(at: end, limit: limit)
            guard !character.kind.isAny(of: .whiteSpace), !Self.isExcluded(character.scalar) else { break }
            end += character.length
        }
        return end
    }

    private static func isExcluded(_ scalar: UInt32) -> Bool {
        switch Unicode.Scalar(scalar) {
        case "(", ")", "|", ".", ",", "!", "?", "…", "。", "，", "、", "।", "۔", "،": true
        default: false
        }
    }
}
