/// The words that wait, and the bytes that they have in all.
struct PendingWords {
    private let first: UnsafeMutablePointer<PendingWord>
    private var next: UnsafeMutablePointer<PendingWord>
    /// Behind it a block of words may be too many.
    private let last: UnsafeMutablePointer<PendingWord>
    private(set) var bytes = 0

    init(_ scratch: EncodingScratch) {
        first = scratch.words
        next = first
        last = first + (EncodingScratch.wordsMax - TextBlock.readableBytes)
    }

    /// Whether a block of words may be too many.
    @inline(__always)
    var isFull: Bool { next > last }

    @inline(__always)
    var words: UnsafeMutableBufferPointer<PendingWord> {
        UnsafeMutableBufferPointer(start: first, count: next - first)
    }

    /// Adds a word that has a key and lets the cache's line for it be on its way.
    @inline(__always)
    mutating func append(_ key: WordKey, _ bytes: UnsafePointer<UInt8>, _ length: Int, _ cache: WordCache) {
        let hash = key.hash
        cache.prefetch(hash: hash)
        next.pointee = PendingWord(key: key, hash: hash, bytes: bytes)
        next += 1
        self.bytes &+= length
    }

    /// Adds a word that has none.
    mutating func append(withoutKey bytes: UnsafePointer<UInt8>, _ length: Int, mark: UInt64) {
        next.pointee = PendingWord(
            key: WordKey(low: UInt64(truncatingIfNeeded: length), high: mark), hash: 0, bytes: bytes)
        next += 1
        self.bytes &+= length
    }

    mutating func removeAll() {
        next = first
        bytes = 0
    }
}
