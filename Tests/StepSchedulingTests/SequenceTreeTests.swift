import ServingModel
import StepScheduling
import Testing

struct SequenceTreeTests {
    static func tokens(_ ids: ClosedRange<Int32>) -> [TokenID] { ids.map { TokenID($0) } }

    private func tree(_ lists: [[TokenID]]) -> SequenceTree {
        var tree = SequenceTree()
        for (at, list) in lists.enumerated() {
            let sequence = SequenceID(Int32(at))
            tree.begin(sequence)
            for token in list { tree.append(token, to: sequence) }
        }
        return tree
    }

    @Test func sharesThePrefixOfAFork() {
        var tree = tree([Self.tokens(1...10)])
        tree.fork(SequenceID(0), length: 6, to: SequenceID(1))
        #expect(tree.usedCells == 10)
        tree.append(TokenID(99), to: SequenceID(1))
        #expect(tree.usedCells == 11)
        #expect(tree.length(of: SequenceID(1)) == 7)
        #expect(tree.exclusiveCells(of: SequenceID(0)) == 4)
        #expect(tree.exclusiveCells(of: SequenceID(1)) == 1)
    }

    @Test func findsTheLongestPrefix() {
        var tree = tree([Self.tokens(1...10)])
        tree.fork(SequenceID(0), length: 6, to: SequenceID(1))
        for id in [70, 80, 90] as [Int32] { tree.append(TokenID(id), to: SequenceID(1)) }
        let asked = Self.tokens(1...6) + [70, 80, 85].map { TokenID($0) }
        let match = tree.longestPrefix(of: asked)
        #expect(match?.length == 8)
        #expect(match?.holder == SequenceID(1))
        #expect(tree.longestPrefix(of: [TokenID(5)]) == nil)
    }

    @Test func parkingUnpinsAndRemovingFrees() {
        var tree = tree([Self.tokens(1...10)])
        tree.fork(SequenceID(0), length: 6, to: SequenceID(1))
        #expect(tree.pinnedCells == 10)
        tree.park(SequenceID(0))
        #expect(tree.pinnedCells == 6)
        tree.remove(SequenceID(0))
        #expect(tree.usedCells == 6)
        tree.remove(SequenceID(1))
        #expect(tree.usedCells == 0)
        #expect(tree.pinnedCells == 0)
    }

    @Test func truncationKeepsThePrefix() {
        var tree = tree([Self.tokens(1...10)])
        tree.park(SequenceID(0))
        tree.truncate(SequenceID(0), to: 4)
        #expect(tree.usedCells == 4)
        #expect(tree.longestPrefix(of: Self.tokens(1...10))?.length == 4)
    }

    @Test func aSequenceThatAnotherContinuesIsRedundant() {
        var tree = tree([Self.tokens(1...4)])
        tree.fork(SequenceID(0), length: 4, to: SequenceID(1))
        #expect(tree.isRedundant(SequenceID(0)))
        tree.append(TokenID(5), to: SequenceID(1))
        #expect(tree.isRedundant(SequenceID(0)))
        #expect(!tree.isRedundant(SequenceID(1)))
    }

    /// Random operations against a model that holds each sequence's cells as a list of cell numbers.
    @Test(arguments: 0..<20) func agreesWithAPlainModel(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        var tree = SequenceTree()
        var cells: [SequenceID: [Int]] = [:]
        var texts: [SequenceID: [TokenID]] = [:]
        var parked: Set<SequenceID> = []
        var nextCell = 0
        for _ in 0..<2000 {
            let sequence = SequenceID(Int32(random.next() % 12))
            switch (random.next() % 6, texts[sequence] != nil) {
            case (0, false), (1, false):
                tree.begin(sequence)
                (cells[sequence], texts[sequence]) = ([], [])
            case (2, false), (3, false):
                let keys = texts.keys.sorted { $0.rawValue < $1.rawValue }
                guard !keys.isEmpty else { continue }
                let source = keys[Int(random.next() % UInt64(keys.count))]
                let length = Int(random.next() % UInt64(texts[source]!.count + 1))
                tree.fork(source, length: length, to: sequence)
                cells[sequence] = Array(cells[source]![..<length])
                texts[sequence] = Array(texts[source]![..<length])
            case (0...2, true) where !parked.contains(sequence):
                for _ in 0..<(random.next() % 5) {
                    let token = TokenID(Int32(random.next() % 3))
                    tree.append(token, to: sequence)
                    cells[sequence]!.append(nextCell)
                    texts[sequence]!.append(token)
                    nextCell += 1
                }
            case (3, true) where !parked.contains(sequence):
                tree.park(sequence)
                parked.insert(sequence)
            case (4, true):
                let length = Int(random.next() % UInt64(texts[sequence]!.count + 1))
                tree.truncate(sequence, to: length)
                cells[sequence]!.removeLast(cells[sequence]!.count - length)
                texts[sequence]!.removeLast(texts[sequence]!.count - length)
            case (5, true):
                tree.remove(sequence)
                (cells[sequence], texts[sequence]) = (nil, nil)
                parked.remove(sequence)
            default: continue
            }
            #expect(tree.usedCells == Set(cells.values.joined()).count)
            #expect(tree.pinnedCells == Set(cells.filter { !parked.contains($0.key) }.values.joined()).count)
            let asked = (0..<8).map { _ in TokenID(Int32(random.next() % 3)) }
            let longest = texts.values.map { zip($0, asked).prefix { $0 == $1 }.count }.max() ?? 0
            let match = tree.longestPrefix(of: asked)
            #expect((match?.length ?? 0) == longest)
            if let match { #expect(texts[match.holder]!.starts(with: asked[..<match.length])) }
            for (key, list) in cells {
                let others = Set(cells.filter { $0.key != key }.values.joined())
                #expect(tree.exclusiveCells(of: key) == list.filter { !others.contains($0) }.count)
            }
        }
    }
}

/// The splitmix64 generator.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
