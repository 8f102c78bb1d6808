/// A word, or a part of one, that was cut off and waits to be encoded with others.
struct PendingWord: BitwiseCopyable {
    /// Of a word that has none, its length and mark, which is no key of any word.
    let key: WordKey
    let hash: UInt64
    let bytes: UnsafePointer<UInt8>

    @inline(__always)
    var hasNoKey: Bool { key.high & ~WordKey.part == 0 }

    /// Whether it is a part of a word that may become other tokens than the same word.
    @inline(__always)
    var isPart: Bool { key.high & WordKey.part != 0 }

    @inline(__always)
    var isShort: Bool { count <= WordKey.maxLength }

    @inline(__always)
    var count: Int {
        hasNoKey ? Int(truncatingIfNeeded: key.low) : Int(truncatingIfNeeded: (key.high & ~WordKey.part) &>> 56)
    }

    @inline(__always)
    var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: bytes, count: count) }
}
