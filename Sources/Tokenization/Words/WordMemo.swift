internal import CByteScanning

/// The tokens of words that were encoded before, of any length up to a limit, each in the one slot that its hash gives
/// it.
///
/// Words and tokens lie one after the other in memory of a fixed size; when it is full, all are forgotten.
struct WordMemo: ~Copyable {
    private struct Slot: BitwiseCopyable {
        var hash: UInt64
        /// Where the tokens begin in `tokens`; the bytes follow them.
        var start: Int32
        /// 0 in an unused slot.
        var length: UInt16
        var count: UInt16
    }

    /// Longer words are not kept.
    static let maxLength = 1024
    private static let bits = 14
    /// Tokens' worth of memory: 1.5 MiB.
    private static let capacity = 3 << 17

    private let slots: UnsafeMutablePointer<Slot>
    private let tokens: UnsafeMutablePointer<Int32>
    private var used = 0

    init() {
        slots = TableMemory.allocate(1 << Self.bits, repeating: Slot(hash: 0, start: 0, length: 0, count: 0))
        tokens = TableMemory.allocate(Self.capacity, repeating: 0)
    }

    deinit {
        TableMemory.deallocate(slots)
        TableMemory.deallocate(tokens)
    }

    /// A hash of a word's bytes and of `mark`, which tells apart what else may have the same bytes.
    @inline(__always)
    static func hash(_ word: UnsafeBufferPointer<UInt8>, mark: UInt64) -> UInt64 {
        let raw = UnsafeRawBufferPointer(word)
        var hash = UInt64(truncatingIfNeeded: word.count) ^ mark
        var at = 0
        while at + 8 <= word.count {
            hash = mixed(hash ^ raw.loadUnaligned(fromByteOffset: at, as: UInt64.self))
            at += 8
        }
        while at < word.count {
            hash = hash &<< 8 ^ hash &>> 56 ^ UInt64(word[at])
            at += 1
        }
        return mixed(hash)
    }

    /// Begins to bring a word's slot near, for a `prefetchTokens` that follows.
    @inline(__always)
    func prefetch(hash: UInt64) { c_prefetch(slots + Int(truncatingIfNeeded: hash &>> UInt64(64 - Self.bits))) }

    /// Begins to bring near what is there under a hash, for a `copy` that follows.
    @inline(__always)
    func prefetchTokens(hash: UInt64) {
        c_prefetch(tokens + Int(slots[Int(truncatingIfNeeded: hash &>> UInt64(64 - Self.bits))].start))
    }

    /// Copies a word's tokens and gives their number; 0 if the word is not there.
    @inline(__always)
    func copy(_ word: UnsafeBufferPointer<UInt8>, hash: UInt64, to output: UnsafeMutablePointer<Int32>) -> Int {
        let slot = slots[Int(truncatingIfNeeded: hash &>> UInt64(64 - Self.bits))]
        guard slot.hash == hash, Int(slot.length) == word.count else { return 0 }
        let kept = tokens + Int(slot.start)
        let count = Int(slot.count)
        guard Self.isEqual(word, UnsafeRawBufferPointer(start: kept + count, count: word.count)) else { return 0 }
        output.update(from: kept, count: count)
        return count
    }

    /// Keeps a word's tokens unless there are none or the word is too long.
    mutating func store(
        _ word: UnsafeBufferPointer<UInt8>, hash: UInt64, _ output: UnsafePointer<Int32>, count: Int
    ) {
        guard count > 0, word.count <= Self.maxLength else { return }
        let size = count + (word.count + 3) / 4
        if used + size > Self.capacity { forget() }
        let kept = tokens + used
        kept.update(from: output, count: count)
        UnsafeMutableRawBufferPointer(start: kept + count, count: word.count).copyMemory(
            from: UnsafeRawBufferPointer(word))
        slots[Int(truncatingIfNeeded: hash &>> UInt64(64 - Self.bits))] = Slot(
            hash: hash, start: Int32(used), length: UInt16(word.count), count: UInt16(count))
        used += size
    }

    private mutating func forget() {
        slots.update(repeating: Slot(hash: 0, start: 0, length: 0, count: 0), count: 1 << Self.bits)
        used = 0
    }

    /// Whether a word's bytes are those kept, of which there are as many.
    @inline(__always)
    static func isEqual(_ word: UnsafeBufferPointer<UInt8>, _ kept: UnsafeRawBufferPointer) -> Bool {
        let raw = UnsafeRawBufferPointer(word)
        var at = 0
        while at + 8 <= word.count {
            guard
                raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)
                    == kept.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            else { return false }
            at += 8
        }
        while at < word.count {
            guard word[at] == kept[at] else { return false }
            at += 1
        }
        return true
    }

    @inline(__always)
    private static func mixed(_ word: UInt64) -> UInt64 {
        let product = (word ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return product.high ^ product.low
    }
}
