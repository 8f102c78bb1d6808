/// The positions that `sequence[start:stop:step]` takes.
struct PythonSlice {
    /// The first position, and where to stop; both may lie just outside.
    let start: Int
    let stop: Int
    let step: Int

    /// `step` must not be zero.
    init(start: Int?, stop: Int?, step: Int, count: Int) {
        let (lowest, highest) = step > 0 ? (0, count) : (-1, count - 1)
        func clamp(_ bound: Int) -> Int { min(max(bound < 0 ? bound + count : bound, lowest), highest) }
        self.start = start.map(clamp) ?? (step > 0 ? lowest : highest)
        self.stop = stop.map(clamp) ?? (step > 0 ? highest : lowest)
        // A step beyond the sequence takes one position; kept small so that the stride cannot overflow.
        self.step = step > 0 ? min(step, count + 1) : max(step, -count - 1)
    }

    /// The positions as a range, if the step is 1.
    var range: Range<Int>? { step == 1 ? start..<max(start, stop) : nil }

    var positions: [Int] { Array(stride(from: start, to: stop, by: step)) }

    /// The elements at the positions.
    func elements(of values: [Value]) -> [Value] {
        if let range { return Array(values[range]) }
        return positions.map { values[$0] }
    }
}

extension Text {
    /// Python's `text[position]`; nil outside the text.
    func codePoint(at position: Int) -> Text? {
        if CodePoints.isASCII(bytes) {
            let at = position < 0 ? position + bytes.count : position
            return bytes.indices.contains(at) ? slice(at..<at + 1) : nil
        }
        let starts = CodePoints.starts(bytes)
        let at = position < 0 ? position + starts.count - 1 : position
        return (0..<starts.count - 1).contains(at) ? slice(starts[at]..<starts[at + 1]) : nil
    }

    /// Python's `text[start:stop:step]`.
    func slice(start: Int?, stop: Int?, step: Int) -> Text {
        let isASCII = CodePoints.isASCII(bytes)
        let starts = isASCII ? [] : CodePoints.starts(bytes)
        let count = isASCII ? bytes.count : starts.count - 1
        func offset(_ position: Int) -> Int { isASCII ? position : starts[position] }
        let positions = PythonSlice(start: start, stop: stop, step: step, count: count)
        if let range = positions.range { return slice(offset(range.lowerBound)..<offset(range.upperBound)) }
        var builder = TextBuilder(reserving: positions.positions.count)
        for position in positions.positions { builder.append(self, offset(position)..<offset(position + 1)) }
        return builder.finish().markup(isMarkup)
    }
}
