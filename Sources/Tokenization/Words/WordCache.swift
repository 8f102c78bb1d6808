internal import CByteScanning

/// The tokens of words that were encoded before, each in one of the two slots that its hash gives it.
///
/// It holds `2 << bits` words and never grows; a new word takes the slot of an old one. A word has at most four tokens,
/// or more that are the same from the fourth on: indentation is such a word where no token is that long.
// @unchecked because an encoder lends it to one thread at a time.
final class WordCache: @unchecked Sendable {
    /// Half a cache line.
    private struct Slot: BitwiseCopyable {
        var key: WordKey
        /// The upper eight bits of the first are the number of tokens. What lies behind the fourth is like it.
        var tokens: SIMD4<Int32>
    }

    /// Tokens that may be written behind those of a word.
    static let slack = slotTokens
    private static let slotTokens = 4
    private static let maxTokens = 255
    private static let bits = 16
    /// The word table uses the low bits of the hash.
    private static let shift = UInt64(64 - bits)
    private static let countShift: Int32 = 24

    private let slots: UnsafeMutablePointer<Slot>

    init() {
        slots = TableMemory.allocate(2 << Self.bits, repeating: Slot(key: .none, tokens: .zero))
    }

    deinit { TableMemory.deallocate(slots) }

    /// Begins to bring a word's slots near, for a `copy` that follows.
    @inline(__always)
    func prefetch(hash: UInt64) { c_prefetch(first(hash)) }

    /// Copies a word's tokens if it is in its first slot, and gives their number; 0 if not. Does not branch where words
    /// have few tokens, and writes up to `slack` tokens that mean nothing behind them.
    @inline(__always)
    func copy(_ key: WordKey, hash: UInt64, to tokens: UnsafeMutablePointer<Int32>) -> Int {
        let slot = first(hash)
        let kept = slot.pointee.tokens
        Self.write(kept & SIMD4(1 &<< Self.countShift &- 1, -1, -1, -1), to: tokens)
        let differences = (slot.pointee.key.low ^ key.low) | (slot.pointee.key.high ^ key.high)
        let kept0 = UInt64(UInt32(bitPattern: kept[0]) &>> UInt32(Self.countShift))
        let count = Int(truncatingIfNeeded: differences == 0 ? kept0 : 0)
        if count > Self.slotTokens { Self.fill(tokens, with: kept[3], to: count) }
        return count
    }

    /// As `copy`, for a word in its second slot, which it takes to the first.
    @inline(__always)
    func copyFromSecond(_ key: WordKey, hash: UInt64, to tokens: UnsafeMutablePointer<Int32>) -> Int {
        let slots = first(hash)
        guard slots[1].key == key else { return 0 }
        (slots[0], slots[1]) = (slots[1], slots[0])
        return copy(key, hash: hash, to: tokens)
    }

    /// Puts a word into its first slot; what was there moves to the second. False if its tokens cannot be kept.
    @inline(__always)
    func store(_ key: WordKey, hash: UInt64, _ tokens: UnsafePointer<Int32>, count: Int) -> Bool {
        guard count > 0, tokens[0] &>> Self.countShift == 0,
            count <= Self.slotTokens || Self.repeatsFourth(tokens, count: count)
        else { return false }
        let slot = first(hash)
        slot[1] = slot[0]
        var kept = SIMD4<Int32>(repeating: 0)
        for at in 0..<min(count, Self.slotTokens) { kept[at] = tokens[at] }
        kept[0] |= Int32(truncatingIfNeeded: count) &<< Self.countShift
        slot[0] = Slot(key: key, tokens: kept)
        return true
    }

    private static func repeatsFourth(_ tokens: UnsafePointer<Int32>, count: Int) -> Bool {
        count <= maxTokens && (slotTokens..<count).allSatisfy { tokens[$0] == tokens[slotTokens - 1] }
    }

    @inline(never)
    private static func fill(_ tokens: UnsafeMutablePointer<Int32>, with token: Int32, to count: Int) {
        for at in stride(from: slotTokens, to: count, by: slotTokens) {
            write(SIMD4(repeating: token), to: tokens + at)
        }
    }

    @inline(__always)
    private static func write(_ four: SIMD4<Int32>, to tokens: UnsafeMutablePointer<Int32>) {
        UnsafeMutableRawPointer(tokens).storeBytes(of: four, as: SIMD4<Int32>.self)
    }

    @inline(__always)
    private func first(_ hash: UInt64) -> UnsafeMutablePointer<Slot> {
        slots + 2 &* Int(truncatingIfNeeded: hash &>> Self.shift)
    }
}
