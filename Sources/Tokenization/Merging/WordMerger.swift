internal import CByteScanning

/// Merges the bytes of short words, many words at a time: while one waits for a line of the table, the others go on.
///
/// It owns the memory that this takes and is used again for every batch; one thread uses it at a time.
struct WordMerger: ~Copyable {
    /// A word and where its tokens go.
    struct Word: BitwiseCopyable {
        /// At most `maxLength`.
        let bytes: UnsafeBufferPointer<UInt8>
        /// Has room for as many tokens as the word has bytes.
        let tokens: UnsafeMutablePointer<Int32>
        /// The number of tokens, when the word is merged.
        var count: Int
    }

    private static let laneCount = 16
    private static var placeBits: Int32 { Int32(C_MERGE_PLACE_BITS) }
    /// The last position stands for there being none.
    private static var noPlace: Int32 { Int32(C_MERGE_WIDTH) - 1 }
    /// The bytes of the longest word.
    static var maxLength: Int { Int(noPlace) }
    /// Positions of a lane that is not wide.
    private static let narrowWidth = 16

    private let lanes: UnsafeMutablePointer<CMergeLane>
    /// The lanes, those in use first.
    private let order: UnsafeMutablePointer<Int64>

    init() {
        lanes = TableMemory.allocate(Self.laneCount, repeating: CMergeLane())
        order = .allocate(capacity: Self.laneCount)
        for lane in 0..<Self.laneCount { order[lane] = Int64(lane) }
    }

    deinit {
        TableMemory.deallocate(lanes)
        order.deallocate()
    }

    /// Merges words, writes their tokens and counts them. Bytes that are no token are left out, as the reference does.
    func merge(_ words: UnsafeMutableBufferPointer<Word>, with merges: ByteMerges) {
        guard var next = words.baseAddress else { return }
        let end = next + words.count
        var active = 0
        while active < Self.laneCount, next < end {
            if start(lanes + Int(order[active]), next, merges) { active += 1 }
            next += 1
        }
        while active > 0 {
            c_merge_look_up(merges.table, lanes, order, Int64(active))
            var turn = 0
            while turn < active {
                let lane = lanes + Int(order[turn])
                var isTaken = mergeLowest(lane, merges)
                while !isTaken, next < end {
                    isTaken = start(lane, next, merges)
                    next += 1
                }
                if isTaken {
                    turn += 1
                } else {
                    active -= 1
                    (order[turn], order[active]) = (order[active], order[turn])
                }
            }
        }
    }

    @inline(__always)
    private static func results(_ lane: UnsafeMutablePointer<CMergeLane>) -> UnsafeMutablePointer<Int32> {
        UnsafeMutableRawPointer(lane).assumingMemoryBound(to: Int32.self)
    }

    /// They lie behind the results.
    @inline(__always)
    private static func symbols(_ lane: UnsafeMutablePointer<CMergeLane>) -> UnsafeMutablePointer<Int32> {
        results(lane) + Int(C_MERGE_WIDTH)
    }

    /// Begins a word; false if it is done at once.
    @inline(__always)
    private func start(
        _ lane: UnsafeMutablePointer<CMergeLane>, _ word: UnsafeMutablePointer<Word>, _ merges: ByteMerges
    ) -> Bool {
        let symbols = Self.symbols(lane)
        let results = Self.results(lane)
        var count = 0
        for byte in word.pointee.bytes where merges.hasAllBytes || merges.tokens.elements[Int(byte)] >= 0 {
            symbols[count] = Int32(byte)
            count &+= 1
        }
        let isWide = count >= Self.narrowWidth
        results.update(repeating: .max, count: isWide ? Int(C_MERGE_WIDTH) : Self.narrowWidth)
        var lowest = Int32.max
        var at = 0
        while at &+ 1 < count {
            let result = merges.symbol(
                UInt8(truncatingIfNeeded: symbols[at]), UInt8(truncatingIfNeeded: symbols[at &+ 1]))
            results[at] = result &<< Self.placeBits | Int32(truncatingIfNeeded: at)
            lowest = min(lowest, results[at])
            at &+= 1
        }
        lane.pointee.isWide = isWide ? 1 : 0
        lane.pointee.lowest = lowest
        lane.pointee.alive = 1 &<< UInt64(count) &- 1
        lane.pointee.word = UnsafeMutableRawPointer(word)
        return mergeLowest(lane, merges)
    }

    /// Makes the merge of the lowest rank, the leftmost of equals, and asks for the lines that tell what comes of it;
    /// false if the word is done.
    @inline(__always)
    private func mergeLowest(_ lane: UnsafeMutablePointer<CMergeLane>, _ merges: ByteMerges) -> Bool {
        let lowest = lane.pointee.lowest
        guard lowest &>> Self.placeBits != ByteMerges.none else {
            finish(lane, merges)
            return false
        }
        let symbols = Self.symbols(lane)
        let at = lowest & Self.noPlace
        let symbol = lowest &>> Self.placeBits
        let alive = lane.pointee.alive
        let behind = alive & (~1 &<< UInt64(at))
        let absorbed = behind & (0 &- behind)
        let next = behind ^ absorbed
        let previous = alive & (1 &<< UInt64(at) &- 1)
        let before = previous == 0 ? Self.noPlace : 63 &- Int32(previous.leadingZeroBitCount)
        let left = symbols[Int(before)]
        let right = symbols[next.trailingZeroBitCount & Int(Self.noPlace)]
        let leftPair = previous == 0 ? ByteMerges.noPair : ByteMerges.pair(left, symbol)
        let rightPair = next == 0 ? ByteMerges.noPair : ByteMerges.pair(symbol, right)
        merges.prefetch(leftPair)
        merges.prefetch(rightPair)
        symbols[Int(at)] = symbol
        Self.results(lane)[absorbed.trailingZeroBitCount] = .max
        lane.pointee.alive = alive ^ absorbed
        lane.pointee.pairs = (leftPair, rightPair)
        lane.pointee.places = (before, at)
        return true
    }

    @inline(__always)
    private func finish(_ lane: UnsafeMutablePointer<CMergeLane>, _ merges: ByteMerges) {
        let word = lane.pointee.word.assumingMemoryBound(to: Word.self)
        let symbols = Self.symbols(lane)
        let tokens = word.pointee.tokens
        var alive = lane.pointee.alive
        var count = 0
        while alive != 0 {
            tokens[count] = merges.tokens.elements[Int(symbols[alive.trailingZeroBitCount])]
            count &+= 1
            alive &= alive &- 1
        }
        word.pointee.count = count
    }
}
