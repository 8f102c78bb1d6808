/// A word that the cache did not have, and its tokens when they are found.
struct MissingWord: BitwiseCopyable {
    var word: UnsafeMutablePointer<PendingWord>
    /// Where its tokens belong among those of the other words.
    var place: UnsafeMutablePointer<Int32>
    /// That of `WordMemo`.
    var memoHash: UInt64
    var tokens: UnsafeMutablePointer<Int32>
    var count: Int
}
