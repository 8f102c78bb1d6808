/// Draws a position with a probability in proportion to its weight, from those that come first when sorted by weight.
///
/// Nothing is sorted. A position is drawn from all; it stays if the weights before it in the sorted order (heavier, or
/// as heavy and at a lower position) sum up to less than the wanted share. If not, then everything from it on is out
/// as well, and the next draw is among what is before it. Each draw that stays has the distribution wanted, and about
/// half of what is out goes with each that does not. (The idea is that of FlashInfer's sampling kernels, Z. Ye et al.,
/// "Sorting-Free GPU Kernels for LLM Sampling", 2025.)
struct WeightedDraw {
    private let weights: UnsafeMutablePointer<Float>
    private let sums: UnsafeMutablePointer<Float>
    private let count: Int
    private var total: Double

    /// The positions that may be drawn: those whose weight exceeds the bound.
    private struct Bound {
        var weight: Float = 0
        /// Weights at lower positions may also equal `weight`.
        var position = 0

        @inline(__always)
        func threshold(at index: Int) -> Float { index < position ? weight.nextDown : weight }
    }

    /// Weighs a row: e^((logit - largest) / temperature), and 0 where that is below `minP`. `largest` is finite.
    ///
    /// `row` may be `scratch.weights` itself.
    init(
        _ row: FloatRow, largest: Float, inverseTemperature: Float, minP: Float, scratch: borrowing SamplingScratch
    ) {
        weights = scratch.weights
        sums = scratch.blocks
        count = row.count
        total = 0
        for block in 0..<row.blockCount {
            let range = row.range(ofBlock: block)
            var sum = SIMD16<Float>()
            for at in stride(from: range.lowerBound, to: range.upperBound, by: FloatRow.vectorWidth) {
                var weight = FastExponential.of((row.vector(at: at) - largest) * inverseTemperature)
                weight.replace(with: 0, where: weight .< minP)
                UnsafeMutableRawPointer(weights).storeBytes(of: weight, toByteOffset: at &* 4, as: SIMD16<Float>.self)
                sum += weight
            }
            sums[block] = sum.sum()
            total += Double(sums[block])
        }
    }

    /// Draws a position from the fewest heaviest whose weights reach `topP` of the sum.
    mutating func draw(topP: Float, from random: inout RandomStream) -> Int {
        var bound = Bound()
        let share = Double(topP) * total
        while true {
            let position = position(at: random.nextUnit() * total, within: bound)
            guard topP < 1 else { return position }
            bound = Bound(weight: weights[position], position: position)
            sumWeights(within: bound)
            if total < share { return position }
        }
    }

    /// The position at which the running sum of the weights within the bound passes `target`, less than `total`.
    private func position(at target: Double, within bound: Bound) -> Int {
        let row = FloatRow(weights, count: count)
        var remaining = target
        var last = 0
        for block in 0..<row.blockCount where sums[block] > 0 {
            last = block
            if remaining < Double(sums[block]) { break }
            remaining -= Double(sums[block])
        }
        var result = 0
        for at in row.range(ofBlock: last) where weights[at] > bound.threshold(at: at) {
            result = at
            if remaining < Double(weights[at]) { break }
            remaining -= Double(weights[at])
        }
        return result
    }

    private mutating func sumWeights(within bound: Bound) {
        let row = FloatRow(weights, count: count)
        total = 0
        for block in 0..<row.blockCount {
            let range = row.range(ofBlock: block)
            if range.contains(bound.position) {
                sums[block] = range.reduce(into: 0) { sum, at in
                    if weights[at] > bound.threshold(at: at) { sum += weights[at] }
                }
            } else {
                let threshold = SIMD16<Float>(repeating: bound.threshold(at: range.lowerBound))
                var sum = SIMD16<Float>()
                for at in stride(from: range.lowerBound, to: range.upperBound, by: FloatRow.vectorWidth) {
                    let weight = row.vector(at: at)
                    sum += SIMD16<Float>().replacing(with: weight, where: weight .> threshold)
                }
                sums[block] = sum.sum()
            }
            total += Double(sums[block])
        }
    }
}
