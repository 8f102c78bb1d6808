/// The merges of a file as it lists them, being made into a table of token numbers.
struct MergeList {
    private let spellings: SpellingTable
    private var joined: [UInt8] = []
    private(set) var count = 0
    let table: MergeTable
    /// What stands before each part but the first of a word, and is not there in the merged token a second time.
    private let prefix: [UInt8]

    init(_ spellings: SpellingTable, prefix: [UInt8] = [], capacity: Int) {
        self.spellings = spellings
        self.prefix = prefix
        table = MergeTable(capacity: capacity)
    }

    /// Adds the next merge, written as its two parts with a space between them.
    mutating func append(_ line: some BidirectionalCollection<UInt8>) throws(TokenizationError) {
        guard let space = line.dropFirst().firstIndex(of: 0x20) else {
            throw .malformed("merge \(count) is not two parts with a space between them")
        }
        _ = try append(line[..<space], line[line.index(after: space)...])
    }

    /// Adds merges of which no two are for the same pair.
    mutating func append(contentsOf merges: [(left: [UInt8], right: [UInt8])]) throws(TokenizationError) {
        for (left, right) in merges where try !append(left, right) {
            throw .malformed("merge \(count - 1) is there twice")
        }
    }

    /// Adds the next merge. Of two for the same pair the first counts; false for the others.
    mutating func append(
        _ left: some Collection<UInt8>, _ right: some Collection<UInt8>
    ) throws(TokenizationError) -> Bool {
        joined.removeAll(keepingCapacity: true)
        joined.append(contentsOf: left)
        joined.append(contentsOf: right.starts(with: prefix) ? right.dropFirst(prefix.count) : right[...])
        guard let leftToken = spellings[left], let rightToken = spellings[right], let token = spellings[joined] else {
            throw .malformed(
                "merge \(count) joins or makes what is no token: '\(String(decoding: joined, as: UTF8.self))'")
        }
        defer { count += 1 }
        return table.insert(leftToken, rightToken, rank: count, result: token)
    }
}
