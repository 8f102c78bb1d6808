/// Which two symbols become which one, and in which order: an open-addressing table from a pair to (rank, result).
// @unchecked because nothing writes to the memory once it is made.
final class MergeTable: @unchecked Sendable {
    /// A rank in the upper half, so that merges compare by rank, and the resulting symbol in the lower.
    typealias Merge = UInt64
    /// What `merge` gives for a pair that does not merge; above every merge.
    static let none = Merge.max

    private struct Slot: BitwiseCopyable {
        var pair: UInt64
        var merge: Merge
    }

    private static let emptyPair = UInt64.max
    private let slots: UnsafeMutablePointer<Slot>
    private let shift: UInt64
    private let mask: Int
    /// One bit for each hash that some pair has: most pairs do not merge, and these few bits stay in a nearer cache
    /// than the slots.
    private let filter: UnsafeMutablePointer<UInt64>
    private static let filterBits = 21
    /// What two bytes become.
    private let bytePairs: UnsafeMutablePointer<Merge>

    /// Room for `count` merges.
    init(capacity count: Int) {
        var bits = 4
        while 1 << bits < count * 2 { bits += 1 }
        slots = .allocate(capacity: 1 << bits)
        slots.initialize(repeating: Slot(pair: Self.emptyPair, merge: Self.none), count: 1 << bits)
        shift = UInt64(64 - bits)
        mask = 1 << bits - 1
        filter = .allocate(capacity: 1 << (Self.filterBits - 6))
        filter.initialize(repeating: 0, count: 1 << (Self.filterBits - 6))
        bytePairs = .allocate(capacity: 1 << 16)
        bytePairs.initialize(repeating: Self.none, count: 1 << 16)
    }

    deinit {
        slots.deallocate()
        filter.deallocate()
        bytePairs.deallocate()
    }

    /// Makes the table of what two bytes become, from the tokens of all bytes; the last step of making the table.
    func complete(_ byteTokens: [Int32]) {
        for left in 0..<256 where byteTokens[left] >= 0 {
            for right in 0..<256 where byteTokens[right] >= 0 {
                bytePairs[left << 8 | right] = merge(byteTokens[left], byteTokens[right])
            }
        }
    }

    /// What two bytes become that have tokens.
    @inline(__always)
    func mergeOfBytes(_ left: UInt8, _ right: UInt8) -> Merge { bytePairs[Int(left) &<< 8 | Int(right)] }

    /// Adds a merge while the table is being made; false if the pair merges already.
    func insert(_ left: Int32, _ right: Int32, rank: Int, result: Int32) -> Bool {
        let pair = Self.pair(left, right)
        var at = slot(pair)
        while slots[at].pair != Self.emptyPair {
            if slots[at].pair == pair { return false }
            at = (at + 1) & mask
        }
        let bit = filterBit(pair)
        filter[bit >> 6] |= 1 << UInt64(bit & 63)
        slots[at] = Slot(pair: pair, merge: UInt64(rank) << 32 | UInt64(UInt32(bitPattern: result)))
        return true
    }

    /// What two neighbouring symbols become.
    @inline(__always)
    func merge(_ left: Int32, _ right: Int32) -> Merge {
        let pair = Self.pair(left, right)
        let bit = filterBit(pair)
        guard filter[bit &>> 6] &>> UInt64(bit & 63) & 1 != 0 else { return Self.none }
        var at = slot(pair)
        while true {
            let found = slots[at]
            if found.pair == pair { return found.merge }
            if found.pair == Self.emptyPair { return Self.none }
            at = (at + 1) & mask
        }
    }

    @inline(__always)
    static func result(_ merge: Merge) -> Int32 { Int32(truncatingIfNeeded: merge) }

    @inline(__always)
    static func rank(_ merge: Merge) -> UInt64 { merge >> 32 }

    @inline(__always)
    private static func pair(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    @inline(__always)
    private func filterBit(_ pair: UInt64) -> Int {
        Int(truncatingIfNeeded: ((pair ^ pair >> 29) &* 0x9E37_79B9_7F4A_7C15) &>> UInt64(64 &- Self.filterBits))
    }

    @inline(__always)
    private func slot(_ pair: UInt64) -> Int {
        Int(truncatingIfNeeded: ((pair ^ pair >> 29) &* 0x9E37_79B9_7F4A_7C15) &>> shift)
    }
}
