/// A borrowed row of numbers, one a token, read sixteen at a time and divided into blocks.
struct FloatRow {
    /// Numbers that are read at once.
    static let vectorWidth = 16
    /// Numbers in a block: the grain of the summaries (maxima, sums) that spare a second look at most of the row.
    static let blockWidth = 128

    let base: UnsafePointer<Float>
    let count: Int

    init(_ base: UnsafePointer<Float>, count: Int) {
        self.base = base
        self.count = count
    }

    var blockCount: Int { Self.blockCount(of: count) }

    static func blockCount(of count: Int) -> Int { (count + blockWidth - 1) / blockWidth }

    func range(ofBlock block: Int) -> Range<Int> {
        block * Self.blockWidth..<min((block + 1) * Self.blockWidth, count)
    }

    /// The sixteen numbers from `index` on; -infinity stands for those beyond the end.
    @inline(__always)
    func vector(at index: Int) -> SIMD16<Float> {
        if index &+ Self.vectorWidth <= count {
            return UnsafeRawPointer(base).loadUnaligned(fromByteOffset: index &* 4, as: SIMD16<Float>.self)
        }
        var vector = SIMD16<Float>(repeating: -.infinity)
        for lane in 0..<(count - index) { vector[lane] = base[index + lane] }
        return vector
    }

    /// Writes each block's largest number and returns the largest of all; not-a-number counts as -infinity.
    func findMaxima(into maxima: UnsafeMutablePointer<Float>) -> Float {
        var largest = -Float.infinity
        for block in 0..<blockCount {
            let range = range(ofBlock: block)
            var running = SIMD16<Float>(repeating: -.infinity)
            for at in stride(from: range.lowerBound, to: range.upperBound, by: Self.vectorWidth) {
                let vector = vector(at: at)
                running.replace(with: vector, where: vector .> running)
            }
            let maximum = running.max()
            maxima[block] = maximum
            if maximum > largest { largest = maximum }
        }
        return largest
    }

    /// The position of the first number that equals `largest`, which is the largest of `maxima`.
    func firstPosition(of largest: Float, maxima: UnsafePointer<Float>) -> Int? {
        for block in 0..<blockCount where maxima[block] == largest {
            return range(ofBlock: block).first { base[$0] == largest }
        }
        return nil
    }
}
