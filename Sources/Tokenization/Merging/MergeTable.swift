/// Which two symbols become which one, and in which order: an open-addressing table from a pair to (rank, result).
///
/// Most lookups are for pairs that do not merge, and the slots are in no near cache: one bit for each hash says
/// beforehand whether looking is worth it.
// @unchecked because nothing writes to the memory once the table is made.
final class MergeTable: PairTable, @unchecked Sendable {
    private struct Slot: BitwiseCopyable {
        var pair: UInt64
        /// None in an unused slot.
        var merge: Merge
    }

    private let slots: UnsafeMutablePointer<Slot>
    private let shift: UInt64
    private let mask: Int
    private let filter: UnsafeMutablePointer<UInt64>
    private static let filterBits = 21

    /// Room for `count` merges.
    init(capacity count: Int) {
        var bits = 4
        while 3 << bits < count * 4 { bits += 1 }
        slots = TableMemory.allocate(1 << bits, repeating: Slot(pair: 0, merge: .none))
        shift = UInt64(64 - bits)
        mask = 1 << bits - 1
        filter = TableMemory.allocate(1 << (Self.filterBits - 6), repeating: 0)
    }

    deinit {
        TableMemory.deallocate(slots)
        TableMemory.deallocate(filter)
    }

    /// Adds a merge while the table is being made; false if the pair merges already.
    func insert(_ left: Int32, _ right: Int32, rank: Int, result: Int32) -> Bool {
        let pair = Self.pair(left, right)
        let hash = Self.hash(pair)
        var at = slot(hash)
        while slots[at].merge != .none {
            if slots[at].pair == pair { return false }
            at = (at + 1) & mask
        }
        slots[at] = Slot(pair: pair, merge: Merge(rank: Int32(rank), result: result))
        let bit = Self.filterBit(hash)
        filter[bit >> 6] |= 1 << UInt64(bit & 63)
        return true
    }

    /// All merges, in no order.
    func forEach(_ body: (_ left: Int32, _ right: Int32, _ merge: Merge) -> Void) {
        for slot in UnsafeBufferPointer(start: slots, count: mask + 1) where slot.merge != .none {
            body(
                Int32(truncatingIfNeeded: slot.pair >> 32), Int32(truncatingIfNeeded: slot.pair), slot.merge)
        }
    }

    /// What two neighbouring symbols become.
    @inline(__always)
    func merge(_ left: Int32, _ right: Int32) -> Merge {
        let pair = Self.pair(left, right)
        let hash = Self.hash(pair)
        let bit = Self.filterBit(hash)
        guard filter[bit &>> 6] &>> UInt64(bit & 63) & 1 != 0 else { return .none }
        var at = slot(hash)
        while true {
            let found = slots[at]
            if found.pair == pair || found.merge == .none { return found.merge }
            at = (at &+ 1) & mask
        }
    }

    @inline(__always)
    private static func pair(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) &<< 32 | UInt64(UInt32(bitPattern: right))
    }

    @inline(__always)
    private static func hash(_ pair: UInt64) -> UInt64 { (pair ^ pair &>> 29) &* 0x9E37_79B9_7F4A_7C15 }

    @inline(__always)
    private static func filterBit(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash &>> UInt64(64 &- filterBits)) }

    @inline(__always)
    private func slot(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash &>> shift) }
}
