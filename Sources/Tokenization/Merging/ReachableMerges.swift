/// Those merges of a byte-level vocabulary that can ever be taken, in the order of their ranks: at most one for each
/// token.
///
/// Say a word's merges make a token. Until then none went across its two ends, so those within it were the ones that
/// its bytes alone have, in the same order; so the last of them is the same wherever the token is made. Files made from
/// lists of tokens have up to three merges for each.
struct ReachableMerges {
    struct Entry {
        let left: Int32
        let right: Int32
        let token: Int32
    }

    private(set) var entries: [Entry] = []

    /// - Parameter byteTokens: The token of each byte; -1 where there is none.
    ///
    /// O(merges), each as long as the bytes of its token.
    init(_ table: MergeTable, byteTokens: [Int32]) {
        var ranked: [(merge: Merge, left: Int32, right: Int32)] = []
        table.forEach { left, right, merge in ranked.append((merge, left, right)) }
        ranked.sort { $0.merge.bits < $1.merge.bits }
        let symbols = ranked.reduce(byteTokens.max() ?? -1) { max($0, $1.left, $1.right, $1.merge.result) } + 1
        var spellings = Spellings(count: Int(symbols), byteTokens)
        // One pass, unless a file has merges before those that make their parts.
        var isComplete = false
        while !isComplete {
            isComplete = true
            for (merge, left, right) in ranked where spellings.join(left, right, into: merge.result) {
                isComplete = false
            }
        }
        var merger = PairMerger()
        var found: [(rank: Merge, entry: Entry)] = []
        for token in 0..<symbols {
            let count = spellings.write(token, to: &merger)
            guard count > 1, merger.merge(count, with: table) == 1, merger.symbols[0] == token else { continue }
            let (left, right) = merger.last
            found.append((table.merge(left, right), Entry(left: left, right: right, token: token)))
        }
        found.sort { $0.rank.bits < $1.rank.bits }
        entries = found.map(\.entry)
    }

    /// The tokens of the bytes of each token, as far as merges make it of them.
    private struct Spellings {
        private var symbols: [Int32] = []
        /// Where a token's are in `symbols`; empty if it is not known to be made of bytes.
        private var ranges: [Range<Int>]

        init(count: Int, _ byteTokens: [Int32]) {
            ranges = Array(repeating: 0..<0, count: count)
            for token in byteTokens where token >= 0 {
                ranges[Int(token)] = symbols.count..<symbols.count + 1
                symbols.append(token)
            }
        }

        /// Spells a token from its parts; false if a part is not known or the token is already.
        mutating func join(_ left: Int32, _ right: Int32, into token: Int32) -> Bool {
            let (left, right) = (ranges[Int(left)], ranges[Int(right)])
            guard ranges[Int(token)].isEmpty, !left.isEmpty, !right.isEmpty else { return false }
            let start = symbols.count
            // Element by element: a slice would have the whole array copied.
            for at in [left, right].joined() { symbols.append(symbols[at]) }
            ranges[Int(token)] = start..<symbols.count
            return true
        }

        /// Writes a token's spelling to where it is merged; the number of symbols.
        func write(_ token: Int32, to merger: inout PairMerger) -> Int {
            let range = ranges[Int(token)]
            merger.reserve(range.count)
            for (at, symbol) in symbols[range].enumerated() { merger.symbols[at] = symbol }
            return range.count
        }
    }
}
