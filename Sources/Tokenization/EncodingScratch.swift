import ServingModel
import Synchronization

/// What encoding needs memory for, used again from one text to the next: by one thread at a time.
// @unchecked because the tokenizer lends it to one thread at a time.
final class EncodingScratch: @unchecked Sendable {
    var merger = PairMerger()
    let wordMerger = WordMerger()
    let cache = WordCache()
    var memo = WordMemo()
    var stagedScanner: StagedScanner?
    var composition = CanonicalComposition.Buffers()
    /// Words that wait to be encoded, and those of them that the cache does not have.
    let words: UnsafeMutablePointer<PendingWord>
    let missing: UnsafeMutablePointer<MissingWord>
    let merging: UnsafeMutablePointer<WordMerger.Word>
    /// The indices of missing words that were never there.
    let unknown: UnsafeMutablePointer<Int32>

    /// The end of a text with bytes behind it that may be read.
    private let tail: UnsafeMutablePointer<UInt8>
    /// Tokens that were gathered, and room for more.
    private(set) var output: UnsafeMutablePointer<Int32>
    private var capacity: Int
    var count = 0
    /// Bytes of the text that are still to be encoded, and those whose tokens are gathered.
    private var bytesLeft = 0
    private var bytesGathered = 0
    /// Room for the tokens of missing words.
    private(set) var found: UnsafeMutablePointer<Int32>
    private var foundCapacity: Int

    /// Bytes behind the beginning of a block of words, that is behind its last word, which are read.
    static let readableBytes = TextBlock.readableBytes + WordKey.readableBytes
    /// Words that may wait: those of 4 kB, so that some of them are missing and wait for far memory together.
    static let wordsMax = 1024
    /// Tokens that may be written behind those of a word.
    static let slack = WordCache.slack
    /// Tokens for which there is room at first.
    private static let room = 1 << 14
    /// Symbols of a word for which the memory is kept.
    private static let keptSymbols = 1 << 16

    init() {
        capacity = Self.room
        output = .allocate(capacity: capacity)
        foundCapacity = Self.room
        found = .allocate(capacity: foundCapacity)
        words = .allocate(capacity: Self.wordsMax)
        missing = .allocate(capacity: Self.wordsMax)
        merging = .allocate(capacity: Self.wordsMax)
        unknown = .allocate(capacity: Self.wordsMax)
        tail = .allocate(capacity: 2 * Self.readableBytes)
        tail.initialize(repeating: 0, count: 2 * Self.readableBytes)
    }

    deinit {
        output.deallocate()
        found.deallocate()
        tail.deallocate()
        words.deallocate()
        missing.deallocate()
        merging.deallocate()
        unknown.deallocate()
    }

    /// A copy of fewer than `readableBytes` bytes behind which as many are readable; until the next call.
    func padded(_ text: TextView, _ part: Range<Int>) -> TextView {
        precondition(part.count < Self.readableBytes, "only the end of a text is copied")
        tail.update(from: text.bytes + part.lowerBound, count: part.count)
        return text.with(UnsafeBufferPointer(start: tail, count: 2 * Self.readableBytes), tail)
    }

    /// Gets ready for a text of `bytes` bytes.
    func begin(bytes: Int) {
        bytesLeft = bytes
        bytesGathered = 0
    }

    /// Notes that the tokens of `bytes` more bytes are gathered.
    @inline(__always)
    func note(bytes: Int) {
        bytesLeft &-= bytes
        bytesGathered &+= bytes
    }

    /// Makes room for `extra` tokens behind those gathered.
    @inline(__always)
    func reserve(_ extra: Int, into tokens: inout [TokenID]) {
        if count + extra > capacity { makeRoom(extra, into: &tokens) }
    }

    /// Makes room for the tokens of missing words.
    @inline(__always)
    func reserveFound(_ count: Int) {
        guard count > foundCapacity else { return }
        found.deallocate()
        foundCapacity = max(count, 2 * foundCapacity)
        found = .allocate(capacity: foundCapacity)
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
        composition.shrink(to: Self.keptSymbols)
        if capacity > Self.keptSymbols {
            output.deallocate()
            capacity = Self.room
            output = .allocate(capacity: capacity)
        }
        if foundCapacity > Self.keptSymbols {
            found.deallocate()
            foundCapacity = Self.room
            found = .allocate(capacity: foundCapacity)
        }
    }

    private func makeRoom(_ extra: Int, into tokens: inout [TokenID]) {
        if bytesGathered > 0, tokens.capacity - tokens.count < count {
            // The rest of the text will have as many tokens a byte, or a few more: then the result moves only once.
            let expected = Double(count) * (1 + 1.05 * Double(max(bytesLeft, 0)) / Double(bytesGathered))
            tokens.reserveCapacity(tokens.count + Int(expected))
        }
        bytesGathered = 0
        flush(into: &tokens)
        guard extra > capacity else { return }
        output.deallocate()
        capacity = max(extra, 2 * capacity)
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
