/// The tokens of short words that were merged before, each in the one slot that its hash gives it.
///
/// It holds `1 << bits` words and never grows; a new word takes the slot of an old one.
struct WordCache: ~Copyable {
    /// One cache line.
    private struct Slot: BitwiseCopyable {
        var key: WordKey
        var count: Int32
        var tokens: (Int32, Int32, Int32, Int32, Int32, Int32, Int32, Int32, Int32, Int32, Int32)
    }

    /// Words of more tokens are not kept.
    static let maxTokens = 11
    private static let bits = 13
    /// The word table uses the low bits of the hash.
    private static let shift = UInt64(64 - bits)

    private let slots: UnsafeMutablePointer<Slot>

    init() {
        slots = .allocate(capacity: 1 << Self.bits)
        slots.initialize(
            repeating: Slot(key: .none, count: 0, tokens: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)), count: 1 << Self.bits)
    }

    deinit { slots.deallocate() }

    /// Copies a word's tokens and gives their number; nil if the word is not there.
    @inline(__always)
    func copy(_ key: WordKey, hash: UInt64, to tokens: UnsafeMutablePointer<Int32>) -> Int? {
        let slot = slots + Int(truncatingIfNeeded: hash &>> Self.shift)
        guard slot.pointee.key == key else { return nil }
        let count = Int(slot.pointee.count)
        let source = Self.tokens(of: slot)
        for at in 0..<count { tokens[at] = source[at] }
        return count
    }

    @inline(__always)
    func store(_ key: WordKey, hash: UInt64, _ tokens: UnsafePointer<Int32>, count: Int) {
        guard count <= Self.maxTokens else { return }
        let slot = slots + Int(truncatingIfNeeded: hash &>> Self.shift)
        slot.pointee.key = key
        slot.pointee.count = Int32(count)
        let target = Self.tokens(of: slot)
        for at in 0..<count { target[at] = tokens[at] }
    }

    @inline(__always)
    private static func tokens(of slot: UnsafeMutablePointer<Slot>) -> UnsafeMutablePointer<Int32> {
        let offset = MemoryLayout<WordKey>.size + MemoryLayout<Int32>.size
        return (UnsafeMutableRawPointer(slot) + offset).assumingMemoryBound(to: Int32.self)
    }
}
