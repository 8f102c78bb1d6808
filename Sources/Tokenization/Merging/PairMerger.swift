/// Merges the symbols of one word, in place, until no two neighbours merge: always the pair of the lowest rank, and of
/// equals the leftmost.
///
/// It owns the memory that this takes and is used again for every word; one thread uses it at a time.
struct PairMerger: ~Copyable {
    /// Words of at most this many symbols are merged by looking for the lowest rank each time, which costs less than a
    /// heap.
    private static let scanLimit = 48

    /// The word's symbols. The caller writes them, `merge` leaves the result at the beginning.
    private(set) var symbols: UnsafeMutablePointer<Int32>
    /// The two symbols that were merged last.
    private(set) var last: (left: Int32, right: Int32) = (-1, -1)
    /// `merges[i]` is what symbol `i` and the next one become.
    private var merges: UnsafeMutablePointer<Merge>
    private var previous: UnsafeMutablePointer<Int32>
    private var next: UnsafeMutablePointer<Int32>
    private var heap: UnsafeMutablePointer<UInt64>
    private var heapCount = 0
    private var capacity: Int

    init() {
        capacity = 0
        symbols = .allocate(capacity: 1)
        merges = .allocate(capacity: 1)
        previous = .allocate(capacity: 1)
        next = .allocate(capacity: 1)
        heap = .allocate(capacity: 1)
        reserve(256)
    }

    deinit { deallocate() }

    /// Makes room for a word of `count` symbols; what was there before is lost.
    mutating func reserve(_ count: Int) {
        guard count > capacity else { return }
        precondition(count < Int32.max, "a word has less than 2^31 symbols")
        deallocate()
        capacity = count
        symbols = .allocate(capacity: count)
        merges = .allocate(capacity: count)
        previous = .allocate(capacity: count)
        next = .allocate(capacity: count)
        // A pair for every two neighbours, and at most two new ones for each merge.
        heap = .allocate(capacity: 3 * count)
    }

    /// Gives back memory that only a very long word needs.
    mutating func shrink(to limit: Int) {
        guard capacity > limit else { return }
        capacity = 0
        reserve(limit)
    }

    private func deallocate() {
        symbols.deallocate()
        merges.deallocate()
        previous.deallocate()
        next.deallocate()
        heap.deallocate()
    }

    /// Merges the first `count` symbols; the number of symbols that are left.
    mutating func merge(_ count: Int, with table: some PairTable) -> Int {
        if count < 2 { return count }
        for at in 0..<count - 1 { merges[at] = table.merge(symbols[at], symbols[at + 1]) }
        return count <= Self.scanLimit ? mergeByScanning(count, table) : mergeByHeap(count, table)
    }

    // MARK: Short words

    private mutating func mergeByScanning(_ count: Int, _ table: some PairTable) -> Int {
        var count = count
        while true {
            // The rank and, below it, the position: so the minimum needs no branch.
            var lowest = UInt64.max
            for candidate in 0..<count &- 1 {
                lowest = min(lowest, Self.entry(merges[candidate], candidate))
            }
            let at = Int(UInt32(truncatingIfNeeded: lowest))
            guard at < count, merges[at] != .none else { return count }
            last = (symbols[at], symbols[at + 1])
            symbols[at] = merges[at].result
            count -= 1
            var moved = at &+ 1
            while moved < count {
                symbols[moved] = symbols[moved &+ 1]
                merges[moved &- 1] = merges[moved]
                moved &+= 1
            }
            if at > 0 { merges[at - 1] = table.merge(symbols[at - 1], symbols[at]) }
            if at + 1 < count { merges[at] = table.merge(symbols[at], symbols[at + 1]) }
        }
    }

    // MARK: Long words

    /// The heap holds `rank << 32 | position`. An entry counts only if its position still has a merge of that rank.
    private mutating func mergeByHeap(_ count: Int, _ table: some PairTable) -> Int {
        heapCount = 0
        for at in 0..<count {
            previous[at] = Int32(at - 1)
            next[at] = Int32(at + 1)
        }
        merges[count - 1] = .none
        for at in 0..<count - 1 where merges[at] != .none {
            heap[heapCount] = Self.entry(merges[at], at)
            heapCount += 1
        }
        for at in stride(from: heapCount / 2 - 1, through: 0, by: -1) { siftDown(at) }
        while heapCount > 0 {
            let entry = heap[0]
            removeFirst()
            let at = Int(UInt32(truncatingIfNeeded: entry))
            let merge = merges[at]
            guard merge != .none, merge.bits >> 32 == entry >> 32 else { continue }
            let absorbed = Int(next[at])
            let behind = Int(next[absorbed])
            last = (symbols[at], symbols[absorbed])
            symbols[at] = merge.result
            merges[absorbed] = .none
            next[at] = Int32(behind)
            if behind < count { previous[behind] = Int32(at) }
            update(at, behind < count ? table.merge(symbols[at], symbols[behind]) : .none)
            let before = Int(previous[at])
            if before >= 0 { update(before, table.merge(symbols[before], symbols[at])) }
        }
        var left = 0
        var at = 0
        while at < count {
            symbols[left] = symbols[at]
            left += 1
            at = Int(next[at])
        }
        return left
    }

    private mutating func update(_ at: Int, _ merge: Merge) {
        merges[at] = merge
        guard merge != .none else { return }
        var hole = heapCount
        let entry = Self.entry(merge, at)
        heapCount += 1
        while hole > 0 {
            let parent = (hole - 1) / 2
            guard heap[parent] > entry else { break }
            heap[hole] = heap[parent]
            hole = parent
        }
        heap[hole] = entry
    }

    private mutating func removeFirst() {
        heapCount -= 1
        heap[0] = heap[heapCount]
        if heapCount > 1 { siftDown(0) }
    }

    private func siftDown(_ start: Int) {
        let entry = heap[start]
        var hole = start
        while true {
            var child = 2 * hole + 1
            guard child < heapCount else { break }
            if child + 1 < heapCount, heap[child + 1] < heap[child] { child += 1 }
            guard heap[child] < entry else { break }
            heap[hole] = heap[child]
            hole = child
        }
        heap[hole] = entry
    }

    @inline(__always)
    private static func entry(_ merge: Merge, _ at: Int) -> UInt64 {
        merge.bits & ~0xFFFF_FFFF | UInt64(UInt32(truncatingIfNeeded: at))
    }
}
