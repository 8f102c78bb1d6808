import ServingModel
import Synchronization

/// What encoding needs memory for, used again from one text to the next: by one thread at a time.
// @unchecked because the tokenizer lends it to one thread at a time.
final class EncodingScratch: @unchecked Sendable {
    var merger = PairMerger()
    let cache = WordCache()
    var memo = WordMemo()
    /// Words that wait to be encoded.
    let words: UnsafeMutablePointer<PendingWord>

    /// A word that was cut off and is to be encoded.
    struct PendingWord: BitwiseCopyable {
        /// None for a word that is too long for one.
        var key: WordKey
        var hash: UInt64
        var end: Int
    }

    /// The end of a text with bytes behind it that may be read.
    private let tail: UnsafeMutablePointer<UInt8>
    private(set) var output: UnsafeMutablePointer<Int32>
    private var capacity: Int
    var count = 0

    /// Bytes behind the beginning of a block of words, that is behind its last word, which are read.
    static let readableBytes = TextBlock.readableBytes + WordKey.readableBytes
    /// Words that may wait: so few that their lines of the cache do not drive each other out of the nearest one.
    static let wordsMax = 192
    /// Tokens that may be written behind those of a word.
    static let slack = WordCache.maxTokens
    /// Tokens that are gathered before they are appended to the result.
    private static let batch = 4096
    /// Symbols of a word for which the memory is kept.
    private static let keptSymbols = 1 << 16

    init() {
        capacity = 2 * Self.batch
        output = .allocate(capacity: capacity)
        words = .allocate(capacity: Self.wordsMax)
        tail = .allocate(capacity: 2 * Self.readableBytes)
        tail.initialize(repeating: 0, count: 2 * Self.readableBytes)
    }

    deinit {
        output.deallocate()
        tail.deallocate()
        words.deallocate()
    }

    /// A copy of fewer than `readableBytes` bytes behind which as many are readable; until the next call.
    func padded(_ text: TextView, _ part: Range<Int>) -> TextView {
        precondition(part.count < Self.readableBytes, "only the end of a text is copied")
        tail.update(from: text.bytes + part.lowerBound, count: part.count)
        return text.with(UnsafeBufferPointer(start: tail, count: 2 * Self.readableBytes), tail)
    }

    /// Makes room for `extra` tokens behind those gathered.
    @inline(__always)
    func reserve(_ extra: Int, into tokens: inout [TokenID]) {
        if count + extra > capacity { makeRoom(extra, into: &tokens) }
    }

    @inline(__always)
    func append(_ token: Int32) {
        output[count] = token
        count &+= 1
    }

    /// Moves what was gathered to the result.
    func flush(into tokens: inout [TokenID]) {
        output.withMemoryRebound(to: TokenID.self, capacity: count) {
            tokens.append(contentsOf: UnsafeBufferPointer(start: $0, count: count))
        }
        count = 0
    }

    /// Gives back memory that only an unusual text needed.
    func shrink() {
        merger.shrink(to: Self.keptSymbols)
        guard capacity > Self.keptSymbols else { return }
        output.deallocate()
        capacity = 2 * Self.batch
        output = .allocate(capacity: capacity)
    }

    private func makeRoom(_ extra: Int, into tokens: inout [TokenID]) {
        flush(into: &tokens)
        guard extra > capacity else { return }
        output.deallocate()
        capacity = extra
        output = .allocate(capacity: capacity)
    }
}

/// Scratch for as many threads as encode at once. A text takes one lock at its beginning and one at its end.
final class ScratchPool: Sendable {
    /// Scratches that are kept; more threads than this at once make their own.
    private static let limit = 16
    private let idle = Mutex<[EncodingScratch]>([])

    func take() -> EncodingScratch {
        idle.withLock { $0.popLast() } ?? EncodingScratch()
    }

    func giveBack(_ scratch: EncodingScratch) {
        scratch.shrink()
        idle.withLock { if $0.count < Self.limit { $0.append(scratch) } }
    }
}
