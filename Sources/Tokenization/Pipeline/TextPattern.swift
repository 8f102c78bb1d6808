/// What `Replace` and `Split` look for in a text.
enum TextPattern: Sendable {
    /// These bytes; there is at least one.
    case literal([UInt8])
    case regex(RegexProgram)

    /// Calls a function with each match in a range of a text, from left to right. Matches do not overlap; those of a
    /// regular expression may be empty.
    func forEachMatch(in text: [UInt8], _ range: Range<Int>, _ body: (Range<Int>) -> Void) {
        guard !range.isEmpty else { return }
        switch self {
        case .literal(let literal):
            var position = range.lowerBound
            while position + literal.count <= range.upperBound {
                if text[position] == literal[0], text[position..<position + literal.count].elementsEqual(literal) {
                    body(position..<position + literal.count)
                    position += literal.count
                } else {
                    position += 1
                }
            }
        case .regex(let program):
            TextView.with(text) { view in
                var matcher = RegexMatcher(program, view, range)
                var position = range.lowerBound
                // An empty match right behind another one does not count, as in Oniguruma.
                var last = -1
                while position <= range.upperBound, let match = matcher.firstMatch(from: position) {
                    if !match.isEmpty || match.upperBound != last { body(match) }
                    last = match.upperBound
                    position = match.upperBound
                    guard match.isEmpty else { continue }
                    guard position < range.upperBound else { break }
                    position += view.character(at: position, limit: range.upperBound).length
                }
            }
        }
    }
}
