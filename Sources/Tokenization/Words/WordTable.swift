internal import CByteScanning
import ServingModel

/// The words that are one token each, found by their bytes.
///
/// Short words are compared as integers, in one open-addressing table; long ones by a hash and then their bytes.
// @unchecked because nothing writes to the memory once it is made.
final class WordTable: @unchecked Sendable {
    /// Half a line of the cache, so that none lies in two.
    private struct ShortSlot: BitwiseCopyable {
        var key: WordKey
        var token: Int64
        private let unused: Int64 = 0

        init(key: WordKey, token: Int64) {
            self.key = key
            self.token = token
        }
    }

    private struct LongSlot: BitwiseCopyable {
        var hash: UInt32
        /// -1 in an unused slot.
        var token: Int32
    }

    private let short: UnsafeMutablePointer<ShortSlot>
    private let shortMask: Int
    private let long: UnsafeMutablePointer<LongSlot>
    private let longMask: Int
    private let vocabulary: Vocabulary

    init(_ tokens: [TokenID], of vocabulary: Vocabulary) {
        self.vocabulary = vocabulary
        let isShort: (TokenID) -> Bool = { vocabulary.buffer(of: $0).count <= WordKey.maxLength }
        let shortCount = tokens.count(where: isShort)
        let shortCapacity = Self.capacity(shortCount)
        let longCapacity = Self.capacity(tokens.count - shortCount)
        short = TableMemory.allocate(shortCapacity, repeating: ShortSlot(key: .none, token: -1))
        shortMask = shortCapacity - 1
        long = TableMemory.allocate(longCapacity, repeating: LongSlot(hash: 0, token: -1))
        longMask = longCapacity - 1
        for token in tokens { insert(token) }
    }

    deinit {
        TableMemory.deallocate(short)
        TableMemory.deallocate(long)
    }

    /// The token of a short word; negative if it is not one token.
    @inline(__always)
    func token(of key: WordKey, hash: UInt64) -> Int32 {
        var at = Int(truncatingIfNeeded: hash) & shortMask
        while true {
            let slot = short[at]
            if slot.key == key || slot.key.high == 0 { return Int32(truncatingIfNeeded: slot.token) }
            at = (at + 1) & shortMask
        }
    }

    /// Begins to bring a short word's slot near, for a `token(of:hash:)` that follows.
    @inline(__always)
    func prefetch(hash: UInt64) { c_prefetch(short + Int(truncatingIfNeeded: hash) & shortMask) }

    /// The token of a word longer than a key; negative if it is not one token.
    func token(ofLong word: UnsafeBufferPointer<UInt8>) -> Int32 {
        let hash = UInt32(truncatingIfNeeded: Self.hash(word))
        var at = Int(hash) & longMask
        while long[at].token >= 0 {
            if long[at].hash == hash {
                let known = vocabulary.buffer(of: TokenID(long[at].token))
                if known.count == word.count, known.elementsEqual(word) { return long[at].token }
            }
            at = (at + 1) & longMask
        }
        return -1
    }

    private func insert(_ token: TokenID) {
        let word = vocabulary.buffer(of: token)
        guard let base = word.baseAddress, !word.isEmpty else { return }
        if word.count <= WordKey.maxLength {
            let key = WordKey(exactly: base, length: word.count)
            var at = Int(truncatingIfNeeded: key.hash) & shortMask
            while short[at].key != .none, short[at].key != key { at = (at + 1) & shortMask }
            if short[at].key == .none { short[at] = ShortSlot(key: key, token: Int64(token.rawValue)) }
        } else if self.token(ofLong: word) < 0 {
            let hash = UInt32(truncatingIfNeeded: Self.hash(word))
            var at = Int(hash) & longMask
            while long[at].token >= 0 { at = (at + 1) & longMask }
            long[at] = LongSlot(hash: hash, token: token.rawValue)
        }
    }

    /// Slots for `count` words, at most three quarters of them used.
    private static func capacity(_ count: Int) -> Int {
        var capacity = 16
        while capacity * 3 < count * 4 { capacity *= 2 }
        return capacity
    }

    @inline(__always)
    private static func hash(_ word: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash = UInt64(word.count)
        var at = 0
        let raw = UnsafeRawBufferPointer(word)
        while at + 8 <= word.count {
            hash = mixed(hash, raw.loadUnaligned(fromByteOffset: at, as: UInt64.self))
            at += 8
        }
        // The last eight bytes once more, so that none is left over; words are longer than eight.
        return mixed(hash, raw.loadUnaligned(fromByteOffset: word.count - 8, as: UInt64.self))
    }

    @inline(__always)
    private static func mixed(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let product = (hash ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return product.high ^ product.low
    }
}
