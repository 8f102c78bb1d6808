internal import CByteScanning

/// The merges of a byte-level vocabulary, as small and near as they can be had.
///
/// Symbols are numbered anew: a byte is its own number, and what a merge makes has the next one in the order of ranks.
/// So the number of what a pair becomes is its rank too, and a merge takes eight bytes: left, right, result. Eight of
/// them are a line of the cache, in which a pair is looked for all at once, without a branch.
// @unchecked because nothing writes to the memory once it is made.
final class ByteMerges: PairTable, @unchecked Sendable {
    /// What is given for a pair that does not merge; above every symbol, and so low that a place fits beside it.
    static var none: Int32 { Int32.max >> Int32(C_MERGE_PLACE_BITS) }
    /// A pair that does not merge, whose line is near since it is asked for again and again.
    static let noPair = UInt64.max >> UInt64(symbolBits + 1)

    /// The token of each symbol.
    let tokens: ConstantBuffer<Int32>
    /// Whether every byte has a token.
    let hasAllBytes: Bool

    private static let symbolBits = 21
    private static let lineSlots = 8
    private static let emptySlot = UInt64.max
    private let slots: UnsafeMutablePointer<UInt64>
    let table: CMergeTable
    /// What two bytes become.
    private let bytePairs: UnsafeMutablePointer<Int32>

    /// - Parameter byteTokens: The token of each byte; -1 where there is none.
    init(_ merges: ReachableMerges, byteTokens: [Int32]) throws(TokenizationError) {
        let entries = merges.entries
        guard 256 + entries.count < 1 << Self.symbolBits else { throw .unsupported("more than two million merges") }
        var lineBits = 1
        // Two thirds full at most.
        while entries.count * 3 > 2 * Self.lineSlots << lineBits { lineBits += 1 }
        slots = TableMemory.allocate(Self.lineSlots << lineBits, repeating: Self.emptySlot)
        table = CMergeTable(slots: slots, shift: UInt64(64 - lineBits))
        bytePairs = TableMemory.allocate(1 << 16, repeating: Self.none)
        let tokens = byteTokens + entries.map(\.token)
        self.tokens = ConstantBuffer(tokens)
        hasAllBytes = byteTokens.allSatisfy { $0 >= 0 }
        var symbols = [Int32](repeating: -1, count: Int(tokens.max() ?? 0) + 1)
        for (symbol, token) in tokens.enumerated() where token >= 0 { symbols[Int(token)] = Int32(symbol) }
        for (at, entry) in entries.enumerated() {
            insert(
                symbols[Int(entry.left)], symbols[Int(entry.right)], result: 256 + at,
                slotCount: Self.lineSlots << lineBits)
        }
        for pair in 0..<1 << 16 {
            bytePairs[pair] = c_merge_find(table, Self.pair(Int32(pair >> 8), Int32(pair & 255)))
        }
    }

    deinit {
        TableMemory.deallocate(slots)
        TableMemory.deallocate(bytePairs)
    }

    private func insert(_ left: Int32, _ right: Int32, result: Int, slotCount: Int) {
        let pair = Self.pair(left, right)
        var slot = UnsafePointer(slots).distance(to: c_merge_line(table, pair))
        while slots[slot] != Self.emptySlot { slot = (slot + 1) & (slotCount - 1) }
        slots[slot] = pair << UInt64(Self.symbolBits) | UInt64(result)
    }

    @inline(__always)
    static func pair(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) &<< UInt64(symbolBits) | UInt64(UInt32(bitPattern: right))
    }

    /// Begins to bring a pair's line near.
    @inline(__always)
    func prefetch(_ pair: UInt64) { c_prefetch(c_merge_line(table, pair)) }

    /// What two bytes become.
    @inline(__always)
    func symbol(_ left: UInt8, _ right: UInt8) -> Int32 { bytePairs[Int(left) &<< 8 | Int(right)] }

    func merge(_ left: Int32, _ right: Int32) -> Merge {
        let symbol = c_merge_find(table, Self.pair(left, right))
        return symbol == Self.none ? .none : Merge(rank: symbol, result: symbol)
    }
}
