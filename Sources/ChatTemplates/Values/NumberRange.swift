/// The numbers of `range(start, stop, step)`.
final class NumberRange: Sendable {
    let start: Int
    let stop: Int
    let step: Int
    let count: Int

    /// Nil when the step is zero or the bounds are so far apart that they cannot be counted.
    init?(start: Int, stop: Int, step: Int) {
        guard step != 0, step != .min else { return nil }
        let (distance, overflow) =
            step > 0
            ? stop.subtractingReportingOverflow(start)
            : start.subtractingReportingOverflow(stop)
        guard !overflow else { return nil }
        let stride = abs(step)
        count = distance <= 0 ? 0 : (distance - 1) / stride + 1
        self.start = start
        self.stop = stop
        self.step = step
    }

    /// Python's `range[start:stop:step]`, which is a range again; nil where it cannot be counted.
    func slice(start: Int?, stop: Int?, step: Int) -> NumberRange? {
        let slice = PythonSlice(start: start, stop: stop, step: step, count: count)
        func number(_ position: Int) -> Int? {
            let (distance, isFar) = position.multipliedReportingOverflow(by: self.step)
            let (number, isOutside) = self.start.addingReportingOverflow(distance)
            return isFar || isOutside ? nil : number
        }
        let (factor, isLarge) = self.step.multipliedReportingOverflow(by: step)
        guard !isLarge, let first = number(slice.start), let end = number(slice.stop) else { return nil }
        return NumberRange(start: first, stop: end, step: factor)
    }

    subscript(position: Int) -> Value { .integer(start + position * step) }

    var values: [Value] { (0..<count).map { self[$0] } }
}
