/// Follows the numbers of an engine's batches, rank by rank.
struct KVEventCursor {
    /// The number that was asked for; 0 if any will do.
    private let start: UInt64
    private var last: [Int?: UInt64] = [:]

    init(from start: UInt64) { self.start = start }

    /// Takes a batch in; nil if it has been there before. The parts of a snapshot have numbers as batches have.
    mutating func note(rank: Int?, sequence: UInt64, beginsSnapshot: Bool) -> KVEventBatch.Continuity? {
        let before = last.updateValue(sequence, forKey: rank)
        if beginsSnapshot { return .snapshot }
        guard let before else { return start > 0 && sequence > start ? .gap(missing: sequence - start) : .first }
        if sequence == before { return nil }
        if sequence < before { return .restarted }
        let missing = sequence - before - 1
        return missing == 0 ? .next : .gap(missing: missing)
    }
}
