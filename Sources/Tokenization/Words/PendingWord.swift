/// A word, or a part of one, that was cut off and waits to be encoded with others.
struct PendingWord: BitwiseCopyable {
    /// Of a word that is too long for one, its length and mark, which is no key of any word.
    let key: WordKey
    let hash: UInt64
    let bytes: UnsafePointer<UInt8>

    @inline(__always)
    var isLong: Bool { key.high & ~WordKey.part == 0 }

    @inline(__always)
    var count: Int {
        isLong ? Int(truncatingIfNeeded: key.low) : Int(truncatingIfNeeded: (key.high & ~WordKey.part) &>> 56)
    }

    @inline(__always)
    var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: bytes, count: count) }
}
