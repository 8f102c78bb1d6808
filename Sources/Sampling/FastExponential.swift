/// The exponential function of sixteen numbers at once, for arguments that are at most 0.
///
/// e^x = 2^n · e^r with n = round(x / ln 2); e^r on |r| ≤ ln 2 / 2 is the degree-7 polynomial of the Cephes library's
/// `expf` (S. L. Moshier, 1992, https://www.netlib.org/cephes), with ln 2 in two parts as there. The relative error is
/// below 2·10⁻⁷ down to e^-87; -infinity, not-a-number and everything below -88.03 give exactly 0.
package enum FastExponential {
    /// Where n is -127, whose exponent bits are those of zero.
    private static let lowest: Float = -88.03
    /// 1.5 · 2²³ makes the sum's low bits the rounded integer; 127 more makes them the biased exponent.
    private static let rounder: Float = 12_582_912 + 127
    private static let inverseLog2: Float = 1.442_695_04
    private static let log2High: Float = 0.693_359_375
    private static let log2Low: Float = -2.121_944_4e-4

    @inline(__always)
    package static func of(_ argument: SIMD16<Float>) -> SIMD16<Float> {
        let lowest = SIMD16<Float>(repeating: lowest)
        let x = lowest.replacing(with: argument, where: argument .> lowest)
        let rounded = x * inverseLog2 + rounder
        let n = rounded - rounder
        let scale = SIMD16<Float>(bitPattern: SIMD16<UInt32>(bitPattern: rounded) &<< 23)
        let r = (x - n * log2High) - n * log2Low
        var sum = r * 1.987_569_1e-4 + 1.398_199_9e-3
        sum = sum * r + 8.333_452e-3
        sum = sum * r + 4.166_579_6e-2
        sum = sum * r + 1.666_666_5e-1
        sum = sum * r + 5.000_000_1e-1
        return (sum * (r * r) + r + 1) * scale
    }
}

extension SIMD16<Float> {
    @inline(__always)
    fileprivate init(bitPattern: SIMD16<UInt32>) { self = unsafeBitCast(bitPattern, to: Self.self) }
}

extension SIMD16<UInt32> {
    @inline(__always)
    fileprivate init(bitPattern: SIMD16<Float>) { self = unsafeBitCast(bitPattern, to: Self.self) }
}
