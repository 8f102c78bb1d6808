/// A text, or a part of one between two added tokens, as the pre-tokenizers cut it up.
struct Pieces {
    private(set) var text: [UInt8]
    /// Ascending, not overlapping, and none of them empty; what lies between them is left out.
    private(set) var ranges: [Range<Int>]
    /// Whether it begins where the whole text does.
    let startsText: Bool

    init(_ text: [UInt8], startsText: Bool) {
        self.text = text
        self.startsText = startsText
        ranges = text.isEmpty ? [] : [0..<text.count]
    }

    /// Cuts each piece by what matches in it.
    ///
    /// - Parameter matches: Calls back with each match in a range of the text, from left to right.
    mutating func cut(
        _ behavior: SplitBehavior, isInverted: Bool = false,
        _ matches: ([UInt8], Range<Int>, (Range<Int>) -> Void) -> Void
    ) {
        var result: [Range<Int>] = []
        result.reserveCapacity(ranges.count)
        for range in ranges {
            var cutter = behavior.cutter(isInverted: isInverted)
            var position = range.lowerBound
            matches(text, range) { match in
                if position < match.lowerBound { cutter.append(position..<match.lowerBound, isMatch: false) }
                cutter.append(match, isMatch: true)
                position = match.upperBound
            }
            if position < range.upperBound { cutter.append(position..<range.upperBound, isMatch: false) }
            result += cutter.finish()
        }
        ranges = result
    }

    /// Puts other bytes in the place of each piece.
    ///
    /// - Parameter rewrite: Gets the bytes of a piece, and whether the whole text begins with it.
    mutating func rewrite(_ rewrite: (ArraySlice<UInt8>, Bool) -> [UInt8]) {
        var result: [UInt8] = []
        result.reserveCapacity(text.count + text.count / 2)
        var rewritten: [Range<Int>] = []
        rewritten.reserveCapacity(ranges.count)
        for range in ranges {
            let start = result.count
            result += rewrite(text[range], startsText && range.lowerBound == 0)
            if result.count > start { rewritten.append(start..<result.count) }
        }
        text = result
        ranges = rewritten
    }
}

/// What becomes of the matches of a `Split`.
enum SplitBehavior: String, Sendable {
    case isolated = "Isolated"
    case removed = "Removed"
    case mergedWithPrevious = "MergedWithPrevious"
    case mergedWithNext = "MergedWithNext"
    case contiguous = "Contiguous"

    func cutter(isInverted: Bool) -> Cutter { Cutter(behavior: self, isInverted: isInverted) }

    /// Joins the matches of one piece, and what lies between them, as the behavior asks.
    struct Cutter {
        let behavior: SplitBehavior
        let isInverted: Bool
        private var pieces: [Range<Int>] = []
        private var lastWasMatch = false

        init(behavior: SplitBehavior, isInverted: Bool) {
            self.behavior = behavior
            self.isInverted = isInverted
        }

        mutating func append(_ range: Range<Int>, isMatch: Bool) {
            let isMatch = isMatch != isInverted
            switch behavior {
            case .isolated: pieces.append(range)
            case .removed: if !isMatch { pieces.append(range) }
            case .contiguous: append(range, joins: isMatch == lastWasMatch)
            case .mergedWithPrevious: append(range, joins: isMatch && !lastWasMatch)
            // Of several matches the last one belongs to what follows it.
            case .mergedWithNext: append(range, joins: lastWasMatch && !isMatch)
            }
            lastWasMatch = isMatch
        }

        private mutating func append(_ range: Range<Int>, joins: Bool) {
            if joins, let last = pieces.popLast() {
                pieces.append(last.lowerBound..<range.upperBound)
            } else {
                pieces.append(range)
            }
        }

        func finish() -> [Range<Int>] { pieces.filter { !$0.isEmpty } }
    }
}
