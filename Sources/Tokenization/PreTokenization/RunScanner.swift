/// Cuts the runs of some characters out of a text: a match is a word, and so is what lies between two matches.
///
/// It is the pattern `\s?X{least,most}` with a set X of characters.
struct RunScanner: WordScanner, Equatable {
    /// Each number by itself, as Hugging Face's `Digits` has it.
    static let digits = RunScanner(kinds: [.number, .newerNumber], most: 1)

    /// What DeepSeek V3 cuts off after numbers.
    static let deepSeekIdeographs = RunScanner(ranges: ranges("一-龥\u{3040}-ゟ゠-ヿ"))

    /// Characters of the set by their class.
    var kinds: CharacterClass = []
    /// More characters of the set, as ranges in ascending order.
    var ranges: [ClosedRange<UInt32>] = []
    /// Whether a white space character before the run belongs to it.
    var takesWhiteSpace = false
    var least = 1
    var most = Int.max
    /// Whether the run counts only where the text ends behind it: `X+$`.
    var isAtEnd = false

    mutating func wordEnd(_ text: TextView, from position: Int, limit: Int) -> Int {
        var end = position
        while end < limit {
            if let matchEnd = matchEnd(text, from: end, limit: limit) { return end > position ? end : matchEnd }
            end = behindMismatch(text, from: end, limit: limit)
        }
        return end
    }

    private func matchEnd(_ text: TextView, from position: Int, limit: Int) -> Int? {
        if takesWhiteSpace {
            let character = text.character(at: position, limit: limit)
            if character.kind.isAny(of: .whiteSpace),
                let end = runEnd(text, from: position + character.length, limit: limit)
            {
                return end
            }
        }
        return runEnd(text, from: position, limit: limit)
    }

    private func runEnd(_ text: TextView, from position: Int, limit: Int) -> Int? {
        var end = position
        var count = 0
        while end < limit, count < most {
            let character = text.character(at: end, limit: limit)
            guard contains(character) else { break }
            end += character.length
            count += 1
        }
        guard count >= least, !isAtEnd || end == limit else { return nil }
        return end
    }

    /// Where to look next when nothing matches at `position`: a run that is too short or not at the end is passed over
    /// as a whole, so that no character is looked at for every character before it.
    private func behindMismatch(_ text: TextView, from position: Int, limit: Int) -> Int {
        guard least > 1 || isAtEnd else { return position + text.character(at: position, limit: limit).length }
        var end = position
        while end < limit {
            let character = text.character(at: end, limit: limit)
            guard contains(character) else { return max(end, position + character.length) }
            end += character.length
        }
        return end
    }

    @inline(__always)
    private func contains(_ character: TextView.Character) -> Bool {
        if character.kind.isAny(of: kinds) { return true }
        guard let first = ranges.first, character.scalar >= first.lowerBound else { return false }
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < character.scalar { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(character.scalar)
    }

    /// The ranges of a regular expression's bracket: `A-Zµ` is A to Z and µ.
    static func ranges(_ bracket: String) -> [ClosedRange<UInt32>] {
        let scalars = Array(bracket.unicodeScalars.map(\.value))
        var ranges: [ClosedRange<UInt32>] = []
        var at = 0
        while at < scalars.count {
            let isRange = at + 2 < scalars.count && scalars[at + 1] == 0x2D
            ranges.append(scalars[at]...scalars[isRange ? at + 2 : at])
            at += isRange ? 3 : 1
        }
        return ranges.sorted { $0.lowerBound < $1.lowerBound }
    }
}
