import ServingModel
import Synchronization

/// What encoding needs memory for, used again from one text to the next: by one thread at a time.
// @unchecked because the tokenizer lends it to one thread at a time.
final class EncodingScratch: @unchecked Sendable {
    var merger = PairMerger()
    let cache = WordCache()
    private(set) var output: UnsafeMutablePointer<Int32>
    private var capacity: Int
    var count = 0

    /// Tokens that are gathered before they are appended to the result.
    private static let batch = 4096
    /// Symbols of a word for which the memory is kept.
    private static let keptSymbols = 1 << 16

    init() {
        capacity = 2 * Self.batch
        output = .allocate(capacity: capacity)
    }

    deinit { output.deallocate() }

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
    private static let limit = 64
    private let idle = Mutex<[EncodingScratch]>([])

    func take() -> EncodingScratch {
        idle.withLock { $0.popLast() } ?? EncodingScratch()
    }

    func giveBack(_ scratch: EncodingScratch) {
        scratch.shrink()
        idle.withLock { if $0.count < Self.limit { $0.append(scratch) } }
    }
}
