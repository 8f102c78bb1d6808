internal import CByteScanning

/// The tokens of short words that were encoded before, each in one of the two slots that its hash gives it.
///
/// It holds `2 << bits` words of at most four tokens and never grows; a new word takes the slot of an old one.
// @unchecked because an encoder lends it to one thread at a time.
final class WordCache: @unchecked Sendable {
    /// Half a cache line.
    private struct Slot: BitwiseCopyable {
        var key: WordKey
        /// The upper four bits of the first are the number of tokens.
        var tokens: SIMD4<Int32>
    }

    /// Words of more tokens are not kept.
    static let maxTokens = 4
    private static let bits = 16
    /// The word table uses the low bits of the hash.
    private static let shift = UInt64(64 - bits)
    private static let countShift: Int32 = 28

    private let slots: UnsafeMutablePointer<Slot>

    init() {
        slots = TableMemory.allocate(2 << Self.bits, repeating: Slot(key: .none, tokens: .zero))
    }

    deinit { TableMemory.deallocate(slots) }

    /// Begins to bring a word's slots near, for a `copy` that follows.
    @inline(__always)
    func prefetch(hash: UInt64) { c_prefetch(first(hash)) }

    /// Copies a word's tokens if it is in its first slot, and gives their number; 0 if not. Writes four tokens, of which
    /// those behind that number mean nothing.
    @inline(__always)
    func copy(_ key: WordKey, hash: UInt64, to tokens: UnsafeMutablePointer<Int32>) -> Int {
        let slot = first(hash)
        guard slot.pointee.key == key else { return 0 }
        let kept = slot.pointee.tokens
        UnsafeMutableRawPointer(tokens).storeBytes(
            of: kept & SIMD4(1 &<< Self.countShift &- 1, -1, -1, -1), as: SIMD4<Int32>.self)
        return Int(truncatingIfNeeded: UInt32(bitPattern: kept[0]) &>> UInt32(Self.countShift))
    }

    /// As `copy`, without a branch, and always writes four tokens.
    @inline(__always)
    func copyIfThere(_ key: WordKey, hash: UInt64, to tokens: UnsafeMutablePointer<Int32>) -> Int {
        let slot = first(hash)
        let kept = slot.pointee.tokens
        UnsafeMutableRawPointer(tokens).storeBytes(
            of: kept & SIMD4(1 &<< Self.countShift &- 1, -1, -1, -1), as: SIMD4<Int32>.self)
        let differences = (slot.pointee.key.low ^ key.low) | (slot.pointee.key.high ^ key.high)
        let count = UInt64(UInt32(bitPattern: kept[0]) &>> UInt32(Self.countShift))
        return Int(truncatingIfNeeded: differences == 0 ? count : 0)
    }

    /// As `copy`, for a word in its second slot, which it takes to the first.
    @inline(__always)
    func copyFromSecond(_ key: WordKey, hash: UInt64, to tokens: UnsafeMutablePointer<Int32>) -> Int {
        let slots = first(hash)
        guard slots[1].key == key else { return 0 }
        (slots[0], slots[1]) = (slots[1], slots[0])
        return copy(key, hash: hash, to: tokens)
    }

    /// Puts a word of 1 to 4 tokens into its first slot; what was there moves to the second.
    @inline(__always)
    func store(_ key: WordKey, hash: UInt64, _ tokens: UnsafePointer<Int32>, count: Int) {
        let slot = first(hash)
        slot[1] = slot[0]
        var kept = SIMD4<Int32>(repeating: 0)
        for at in 0..<count { kept[at] = tokens[at] }
        kept[0] |= Int32(truncatingIfNeeded: count) &<< Self.countShift
        slot[0] = Slot(key: key, tokens: kept)
    }

    @inline(__always)
    private func first(_ hash: UInt64) -> UnsafeMutablePointer<Slot> {
        slots + 2 &* Int(truncatingIfNeeded: hash &>> Self.shift)
    }
}
