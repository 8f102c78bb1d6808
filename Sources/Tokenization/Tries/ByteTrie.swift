/// Byte strings with a number each, found by what a text begins with.
///
/// A node's children are numbered one after the other, by ascending byte. The root is node 0.
final class ByteTrie: Sendable {
    /// Node `n`'s children are `first[n]..<first[n + 1]`.
    private let first: ConstantBuffer<Int32>
    /// The byte that leads to each node.
    private let labels: ConstantBuffer<UInt8>
    /// The number of the string that ends at each node, or -1.
    private let values: ConstantBuffer<Int32>
    /// The root's child for each byte, or 0.
    private let starts: ConstantBuffer<Int32>

    static let root: Int32 = 0

    /// Makes the trie of strings in which `keys[i]` has the number `i`; of equal ones the last counts, and empty ones
    /// are left out. O(bytes), and O(n log n) in the number of strings.
    init(_ keys: [[UInt8]]) {
        let order = Self.sorted(keys)
        var first: [Int32] = []
        var labels: [UInt8] = [0]
        var values: [Int32] = []
        // The strings below each node, as a range of `order`, and how many bytes lead to it.
        var ranges: [(range: Range<Int>, depth: Int)] = [(order.indices, 0)]
        var node = 0
        while node < ranges.count {
            var (range, depth) = ranges[node]
            var value: Int32 = -1
            while let at = range.first, keys[Int(order[at])].count == depth {
                if depth > 0 { value = order[at] }
                range = range.dropFirst()
            }
            values.append(value)
            first.append(Int32(ranges.count))
            while let start = range.first {
                let byte = keys[Int(order[start])][depth]
                var end = start
                while end < range.upperBound, keys[Int(order[end])][depth] == byte { end += 1 }
                ranges.append((start..<end, depth + 1))
                labels.append(byte)
                range = end..<range.upperBound
            }
            node += 1
        }
        first.append(Int32(ranges.count))
        var starts = [Int32](repeating: 0, count: 256)
        for child in Int(first[0])..<Int(first[1]) { starts[Int(labels[child])] = Int32(child) }
        self.first = ConstantBuffer(first)
        self.labels = ConstantBuffer(labels)
        self.values = ConstantBuffer(values)
        self.starts = ConstantBuffer(starts)
    }

    /// The child of a node for a byte, or the root if there is none.
    @inline(__always)
    func child(of node: Int32, _ byte: UInt8) -> Int32 {
        if node == Self.root { return starts.elements[Int(byte)] }
        var low = first.elements[Int(node)]
        let end = first.elements[Int(node) + 1]
        var high = end
        while low < high {
            let middle = (low + high) / 2
            if labels.elements[Int(middle)] < byte { low = middle + 1 } else { high = middle }
        }
        return low < end && labels.elements[Int(low)] == byte ? low : Self.root
    }

    /// The number of the string that ends at a node, or -1.
    @inline(__always)
    func value(of node: Int32) -> Int32 { values.elements[Int(node)] }

    /// The number of the longest string that the text has at `position`, and where it ends; nil if it has none.
    @inline(__always)
    func longestMatch(
        _ text: UnsafeBufferPointer<UInt8>, from position: Int
    ) -> (value: Int32, end: Int)? {
        var node = Self.root
        var at = position
        var longest: (value: Int32, end: Int)?
        while at < text.count {
            node = child(of: node, text[at])
            if node == Self.root { break }
            at += 1
            let value = value(of: node)
            if value >= 0 { longest = (value, at) }
        }
        return longest
    }

    /// The indices of strings in the order of their bytes; equal ones stay in theirs.
    private static func sorted(_ keys: [[UInt8]]) -> [Int32] {
        // The first eight bytes decide most comparisons.
        let heads = keys.map { key in
            (0..<8).reduce(UInt64(0)) { $0 << 8 | UInt64($1 < key.count ? key[$1] : 0) }
        }
        return keys.indices.map { Int32($0) }.sorted { left, right in
            if heads[Int(left)] != heads[Int(right)] { return heads[Int(left)] < heads[Int(right)] }
            let (a, b) = (keys[Int(left)], keys[Int(right)])
            return a == b ? left < right : a.lexicographicallyPrecedes(b)
        }
    }
}
