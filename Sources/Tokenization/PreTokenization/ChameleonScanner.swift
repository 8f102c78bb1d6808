/// What Chameleon's pre-tokenizer cuts out of a text besides digits and punctuation. What lies between two matches is
/// a word.
///
/// Its pattern of sentinels (`<sentinel:[0-9]+>`) is left out: punctuation is cut on both sides of them anyway.
struct ChameleonScanner: WordScanner {
    enum Pattern {
        /// `(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z`.
        case images
        /// `([\t\n]|    |  )`.
        case whiteSpace
    }

    let pattern: Pattern

    mutating func wordEnd(_ text: TextView, from position: Int, limit: Int) -> Int {
        var end = position
        while end < limit {
            let matchEnd = pattern == .images ? imageEnd(text, end, limit) : whiteSpaceEnd(text, end, limit)
            if let matchEnd { return end > position ? end : matchEnd }
            end += 1
        }
        return end
    }

    private func imageEnd(_ text: TextView, _ position: Int, _ limit: Int) -> Int? {
        let mark: StaticString = "IMGIMG"
        guard position + mark.utf8CodeUnitCount < limit else { return nil }
        for at in 0..<mark.utf8CodeUnitCount where text.bytes[position + at] != mark.utf8Start[at] { return nil }
        let start = position + mark.utf8CodeUnitCount
        var end = start
        while end < limit, end < start + 4, (UInt8(ascii: "A")...UInt8(ascii: "I")).contains(text.bytes[end]) {
            end += 1
        }
        return end > start && end < limit && text.bytes[end] == UInt8(ascii: "Z") ? end + 1 : nil
    }

    private func whiteSpaceEnd(_ text: TextView, _ position: Int, _ limit: Int) -> Int? {
        switch text.bytes[position] {
        case 0x09, 0x0A: return position + 1
        case 0x20:
            var end = position
            while end < limit, end < position + 4, text.bytes[end] == 0x20 { end += 1 }
            let count = end - position
            return count == 1 ? nil : position + (count == 4 ? 4 : 2)
        default: return nil
        }
    }
}
