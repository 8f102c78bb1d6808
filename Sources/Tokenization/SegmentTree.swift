internal import CByteScanning
import ServingModel

/// Segments of prompts, each behind the one before it, with their tokens; the least recently used go first.
struct SegmentTree {
    /// A segment that is in the tree. A number is never used again.
    struct Node: Hashable {
        fileprivate let slot: Int
        fileprivate let number: UInt64
    }

    /// A text's next segment and where in the text it ends.
    struct Step {
        let node: Node
        let end: Int
    }

    /// A text in which segments are looked for.
    struct Source {
        let text: UnsafeBufferPointer<UInt8>
        /// Where control tokens are recognised.
        let specials: [Range<Int>]
        /// The bytes behind a segment that must be the same too.
        let lookahead: Int
    }

    private struct Slot {
        var node: Node
        var parent: UInt64
        /// The segment and its lookahead.
        var bytes: [UInt8] = []
        /// Where control tokens are recognised in these bytes.
        var specials: [Range<Int>] = []
        var tokens: [TokenID] = []
        var key: UInt64 = 0
        /// The next slot of the same key, and the neighbours in the order of use; -1 where there is none.
        var same = -1
        var newer = -1
        var older = -1
    }

    /// A segment is found by so many bytes at its beginning, and is as long at least.
    static let prefixBytes = 64
    /// Segments that begin alike; of more the oldest goes.
    private static let sameMax = 16
    /// What a segment takes beside its bytes, ranges and tokens.
    private static let overhead = 192

    private(set) var bytes = 0
    private let bytesMax: Int
    private var slots: [Slot] = []
    private var free: [Int] = []
    private var index: [UInt64: Int] = [:]
    private var newest = -1
    private var oldest = -1
    private var lastNumber: UInt64 = 0

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    func contains(_ node: Node) -> Bool { slots[node.slot].node == node }

    /// All segments from a text's beginning on that are known.
    func path(along source: Source) -> [Step] {
        var path: [Step] = []
        while let step = step(behind: path.last, along: source) { path.append(step) }
        return path
    }

    /// The segment behind a step, or at the beginning; nil if it is not known.
    func step(behind last: Step?, along source: Source) -> Step? {
        let start = last?.end ?? 0
        let parent = last?.node.number ?? 0
        guard let key = Self.key(source, start, parent) else { return nil }
        var at = index[key] ?? -1
        while at >= 0 {
            if slots[at].parent == parent, isEqual(at, source, start) {
                return Step(node: slots[at].node, end: start + slots[at].bytes.count - source.lookahead)
            }
            at = slots[at].same
        }
        return nil
    }

    func appendTokens(of path: [Step], to tokens: inout [TokenID]) {
        tokens.reserveCapacity(tokens.count + path.reduce(0) { $0 + slots[$1.node.slot].tokens.count })
        for step in path { tokens.append(contentsOf: slots[step.node.slot].tokens) }
    }

    /// Puts in a segment that is not there.
    mutating func insert(
        _ part: Range<Int>, of source: Source, behind last: Step?, _ tokens: ArraySlice<TokenID>
    ) -> Step {
        let parent = last?.node.number ?? 0
        lastNumber += 1
        let node = Node(slot: free.popLast() ?? slots.count, number: lastNumber)
        var slot = Slot(node: node, parent: parent)
        let limit = part.upperBound + source.lookahead
        slot.bytes = Array(source.text[part.lowerBound..<limit])
        slot.specials = Self.specials(source, part.lowerBound..<limit)
        slot.tokens = Array(tokens)
        slot.key = Self.key(source, part.lowerBound, parent) ?? 0
        slot.same = index[slot.key] ?? -1
        index[slot.key] = node.slot
        bytes += Self.size(slot)
        if node.slot == slots.count { slots.append(slot) } else { slots[node.slot] = slot }
        link(node.slot)
        removeOldest(sameAs: node.slot)
        return Step(node: node, end: part.upperBound)
    }

    /// Makes the segments of a path the most recently used, each after those behind it: so none goes before these.
    mutating func touch(_ path: [Step]) {
        for step in path.reversed() where contains(step.node) {
            unlink(step.node.slot)
            link(step.node.slot)
        }
    }

    /// Removes the least recently used until the rest fits.
    mutating func shrink() {
        while bytes > bytesMax, oldest >= 0 { remove(oldest) }
    }

    // MARK: Comparing

    /// A hash of the first bytes and of what stands before them; nil if the text is too short for a segment.
    private static func key(_ source: Source, _ start: Int, _ parent: UInt64) -> UInt64? {
        guard start + prefixBytes + source.lookahead <= source.text.count else { return nil }
        return WordMemo.hash(UnsafeBufferPointer(rebasing: source.text[start..<start + prefixBytes]), mark: parent)
    }

    private func isEqual(_ at: Int, _ source: Source, _ start: Int) -> Bool {
        let count = slots[at].bytes.count
        guard start + count <= source.text.count, let base = source.text.baseAddress else { return false }
        let isEqual = slots[at].bytes.withUnsafeBytes { c_bytes_equal($0.baseAddress, base + start, count) != 0 }
        return isEqual && slots[at].specials == Self.specials(source, start..<start + count)
    }

    /// Where control tokens are recognised in a part, from its beginning on.
    private static func specials(_ source: Source, _ part: Range<Int>) -> [Range<Int>] {
        let first = AddedTokenMatcher.firstRange(of: source.specials, endingAfter: part.lowerBound)
        return source.specials[first...].prefix { $0.lowerBound < part.upperBound }.map { range in
            let range = range.clamped(to: part)
            return range.lowerBound - part.lowerBound..<range.upperBound - part.lowerBound
        }
    }

    // MARK: Keeping

    private static func size(_ slot: Slot) -> Int {
        slot.bytes.count + slot.tokens.count * MemoryLayout<TokenID>.stride
            + slot.specials.count * MemoryLayout<Range<Int>>.stride + overhead
    }

    /// Removes the oldest segment of a key if there are too many.
    private mutating func removeOldest(sameAs slot: Int) {
        var count = 1
        var last = slot
        while slots[last].same >= 0 {
            last = slots[last].same
            count += 1
        }
        if count > Self.sameMax { remove(last) }
    }

    private mutating func remove(_ at: Int) {
        let key = slots[at].key
        if index[key] == at {
            index[key] = slots[at].same >= 0 ? slots[at].same : nil
        } else if var before = index[key] {
            while slots[before].same != at { before = slots[before].same }
            slots[before].same = slots[at].same
        }
        unlink(at)
        bytes -= Self.size(slots[at])
        // Number 0 is no segment's.
        slots[at] = Slot(node: Node(slot: at, number: 0), parent: 0)
        free.append(at)
    }

    private mutating func link(_ at: Int) {
        slots[at].older = newest
        slots[at].newer = -1
        if newest >= 0 { slots[newest].newer = at } else { oldest = at }
        newest = at
    }

    private mutating func unlink(_ at: Int) {
        let (newer, older) = (slots[at].newer, slots[at].older)
        if newer >= 0 { slots[newer].older = older } else { newest = older }
        if older >= 0 { slots[older].newer = newer } else { oldest = newer }
    }
}
