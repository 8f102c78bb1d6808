/// The positions that `sequence[start:stop:step]` takes.
struct PythonSlice {
    let positions: [Int]
    /// The positions as a range, if the step is 1.
    let range: Range<Int>?

    /// `step` must not be zero.
    init(start: Int?, stop: Int?, step: Int, count: Int) {
        let (lowest, highest) = step > 0 ? (0, count) : (-1, count - 1)
        func clamp(_ bound: Int) -> Int { min(max(bound < 0 ? bound + count : bound, lowest), highest) }
        let from = start.map(clamp) ?? (step > 0 ? lowest : highest)
        let to = stop.map(clamp) ?? (step > 0 ? highest : lowest)
        if step == 1 {
            range = from..<max(from, to)
            positions = Array(from..<max(from, to))
        } else {
            range = nil
            // A step beyond the sequence takes one position; kept small so that the stride cannot overflow.
            let step = step > 0 ? min(step, count + 1) : max(step, -count - 1)
            positions = Array(stride(from: from, to: to, by: step))
        }
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
