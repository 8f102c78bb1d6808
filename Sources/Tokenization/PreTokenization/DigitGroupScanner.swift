/// Cuts numbers into groups of three digits, counted from their end.
///
/// It remembers the number that it is in, so that each is counted once.
struct DigitGroupScanner: WordScanner, Equatable {
    enum Rule {
        /// `\d{1,3}(?=(?:\d{3})*\b)`: every group is a word, where no word goes on behind the number.
        case groupsBeforeWordBoundaries
        /// `\p{N}{1,3}(?=(?:\p{N}{3})*(?!\p{N}))`: every group is a word.
        case groups
        /// `(?=(\d{3})+(?!\d))`: a text is cut before each group of three, and nowhere else.
        case cutsBeforeGroups
    }

    let rule: Rule
    /// Where the number ends whose groups the text is being cut into.
    private var numberEnd = 0

    init(_ rule: Rule) { self.rule = rule }

    mutating func begin(limit: Int) { numberEnd = 0 }

    mutating func wordEnd(_ text: TextView, from position: Int, limit: Int) -> Int {
        var start = position
        if position < numberEnd {
            start = behind(3, text, from: position)
            if start < numberEnd || rule != .cutsBeforeGroups { return start }
        }
        while start < limit {
            guard isDigit(text, at: start, limit: limit) else {
                start += text.character(at: start, limit: limit).length
                continue
            }
            let (end, count) = number(text, from: start, limit: limit)
            guard isGrouped(text, end, count, limit: limit) else {
                start = end
                continue
            }
            let first = behind(count % 3, text, from: start)
            if rule == .cutsBeforeGroups {
                guard first > position else {
                    numberEnd = end
                    let cut = behind(3, text, from: first)
                    if cut < end { return cut }
                    start = end
                    continue
                }
                numberEnd = end
                return first
            }
            guard start == position else { return start }
            numberEnd = end
            return first > start ? first : behind(3, text, from: start)
        }
        return limit
    }

    private func isDigit(_ text: TextView, at position: Int, limit: Int) -> Bool {
        text.kind(at: position, limit: limit).isAny(of: rule == .groups ? .number : .decimal)
    }

    /// Where the number that begins at `position` ends, and its digits.
    private func number(_ text: TextView, from position: Int, limit: Int) -> (end: Int, count: Int) {
        var end = position
        var count = 0
        while end < limit, isDigit(text, at: end, limit: limit) {
            end += text.character(at: end, limit: limit).length
            count += 1
        }
        return (end, count)
    }

    private func isGrouped(_ text: TextView, _ end: Int, _ count: Int, limit: Int) -> Bool {
        switch rule {
        case .groupsBeforeWordBoundaries: end == limit || !isWordCharacter(text.character(at: end, limit: limit))
        case .groups: true
        case .cutsBeforeGroups: count >= 3
        }
    }

    /// `\w` of Oniguruma, to which the fractions and the raised digits of Latin-1 belong and joiners do not.
    private func isWordCharacter(_ character: TextView.Character) -> Bool {
        switch character.scalar {
        case 0xB2, 0xB3, 0xB9, 0xBC...0xBE: true
        case 0x200C, 0x200D: false
        default: character.kind.isAny(of: .word)
        }
    }

    private func behind(_ digits: Int, _ text: TextView, from position: Int) -> Int {
        (0..<digits).reduce(position) { at, _ in at + text.character(at: at, limit: text.count).length }
    }
}
