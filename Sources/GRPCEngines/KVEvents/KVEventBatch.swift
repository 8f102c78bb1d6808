/// Events that an engine published together.
package struct KVEventBatch: Sendable, Equatable {
    /// How a batch follows on the one of its rank before it.
    package enum Continuity: Sendable, Equatable {
        /// The first of its rank. What happened before is not known, unless it begins a snapshot.
        case first
        case next
        /// So many batches are missing: what is known of the rank's cache may be wrong.
        case gap(missing: UInt64)
        /// The engine counts from the beginning again: what is known of the rank's cache is worth nothing.
        case restarted
        /// Begins a snapshot: what is known of the rank's cache is replaced.
        case snapshot
    }

    /// A part of what the cache holds, in the place of what has changed.
    package struct Snapshot: Sendable, Equatable {
        /// Which part it is, from 0, of how many.
        package var index: Int
        package var count: Int
        /// Blocks in all parts.
        package var blocks: UInt64
        /// Batches that the sender itself has missed; of what they stored nothing is known.
        package var unknownBefore: UInt64

        package init(index: Int, count: Int, blocks: UInt64, unknownBefore: UInt64) {
            self.index = index
            self.count = count
            self.blocks = blocks
            self.unknownBefore = unknownBefore
        }
    }

    /// Grows by 1 a batch and rank.
    package var sequence: UInt64
    /// Seconds since 1970.
    package var timestamp: Double
    /// Which of the engine's parallel copies; nil if it has only one.
    package var rank: Int?
    package var continuity: Continuity
    package var snapshot: Snapshot?
    package var events: [KVEvent]
}
