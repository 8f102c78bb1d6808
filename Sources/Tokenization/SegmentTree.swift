import ServingModel

/// Segments of prompts, each behind the one before it, with their tokens; the least recently used go first.
struct SegmentTree {
    /// A segment that is in the tree. A number is never used again.
    struct Node: Hashable {
        fileprivate let slot: Int
        fileprivate let number: UInt64
    }

    /// A part of a text, to be looked up or put in.
    struct Segment {
        let part: Range<Int>
        fileprivate let parent: Node?
        /// The part and what follows it as far as that may matter.
        fileprivate let bytes: UnsafeBufferPointer<UInt8>
        /// Where control tokens are recognised, from the part's beginning on.
        fileprivate let specials: [Range<Int>]
        fileprivate let hash: UInt64
        var node: Node?

        /// - Parameter text: As long as the segment is used.
        init(
            _ text: UnsafeBufferPointer<UInt8>, _ part: Range<Int>, lookahead: Int, _ specials: [Range<Int>],
            parent: Node?
        ) {
            self.part = part
            self.parent = parent
            let limit = part.upperBound + lookahead
            bytes = UnsafeBufferPointer(rebasing: text[part.lowerBound..<limit])
            let first = AddedTokenMatcher.firstRange(of: specials, endingAfter: part.lowerBound)
            self.specials = specials[first...].prefix { $0.lowerBound < limit }.map {
                max($0.lowerBound, part.lowerBound) - part.lowerBound..<min($0.upperBound, limit) - part.lowerBound
            }
            hash = WordMemo.hash(bytes, mark: parent?.number ?? 0)
        }
    }

    private struct Slot {
        var node: Node
        var parent: Node?
        var bytes: [UInt8]
        var specials: [Range<Int>]
        var tokens: [TokenID]
        var hash: UInt64
        /// The neighbours in the order of use; -1 where there is none.
        var newer: Int
        var older: Int
    }

    private(set) var bytes = 0
    private let bytesMax: Int
    private var slots: [Slot] = []
    private var free: [Int] = []
    private var index: [UInt64: Int] = [:]
    private var newest = -1
    private var oldest = -1
    private var lastNumber: UInt64 = 0
    /// What a segment takes beside its bytes, ranges and tokens.
    private static let overhead = 192

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    func contains(_ node: Node) -> Bool { slots[node.slot].node == node }

    func find(_ segment: Segment) -> Node? {
        guard let slot = index[segment.hash] else { return nil }
        let found = slots[slot]
        let isEqual =
            found.parent == segment.parent && found.specials == segment.specials
            && found.bytes.count == segment.bytes.count
            && found.bytes.withUnsafeBytes { WordMemo.isEqual(segment.bytes, $0) }
        return isEqual ? found.node : nil
    }

    func tokens(of node: Node) -> [TokenID] { slots[node.slot].tokens }

    /// Puts in a segment that is not there. One of the same hash goes.
    mutating func insert(_ segment: Segment, _ tokens: ArraySlice<TokenID>) -> Node {
        if let other = index[segment.hash] { remove(other) }
        lastNumber += 1
        let node = Node(slot: free.popLast() ?? slots.count, number: lastNumber)
        let slot = Slot(
            node: node, parent: segment.parent, bytes: Array(segment.bytes), specials: segment.specials,
            tokens: Array(tokens), hash: segment.hash, newer: -1, older: -1)
        if node.slot == slots.count { slots.append(slot) } else { slots[node.slot] = slot }
        bytes += Self.size(slot)
        index[segment.hash] = node.slot
        link(node.slot)
        return node
    }

    /// Makes the segments of a path the most recently used, each after those behind it: so none goes before these.
    mutating func touch(_ path: [Segment]) {
        for segment in path.reversed() {
            guard let node = segment.node, contains(node) else { continue }
            unlink(node.slot)
            link(node.slot)
        }
    }

    /// Removes the least recently used until the rest fits.
    mutating func shrink() {
        while bytes > bytesMax, oldest >= 0 { remove(oldest) }
    }

    private static func size(_ slot: Slot) -> Int {
        slot.bytes.count + slot.tokens.count * MemoryLayout<TokenID>.stride
            + slot.specials.count * MemoryLayout<Range<Int>>.stride + overhead
    }

    private mutating func remove(_ at: Int) {
        unlink(at)
        bytes -= Self.size(slots[at])
        index[slots[at].hash] = nil
        // Number 0 is no segment's.
        slots[at] = Slot(
            node: Node(slot: at, number: 0), parent: nil, bytes: [], specials: [], tokens: [], hash: 0, newer: -1,
            older: -1)
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
