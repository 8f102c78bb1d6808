/// What two neighbouring symbols become, and before which other merges.
struct Merge: BitwiseCopyable, Equatable {
    /// The rank in the upper half, so that merges compare by rank, and the resulting symbol in the lower.
    let bits: UInt64

    /// For a pair that does not merge; above every merge.
    @inline(__always)
    static var none: Merge { Merge(bits: .max) }

    @inline(__always)
    init(rank: Int32, result: Int32) {
        bits = UInt64(UInt32(bitPattern: rank)) &<< 32 | UInt64(UInt32(bitPattern: result))
    }

    private init(bits: UInt64) { self.bits = bits }

    @inline(__always)
    var result: Int32 { Int32(truncatingIfNeeded: bits) }
}

/// Which merges there are.
protocol PairTable {
    /// What two neighbouring symbols become.
    func merge(_ left: Int32, _ right: Int32) -> Merge
}
