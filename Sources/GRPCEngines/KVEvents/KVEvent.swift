package import ServingModel

/// A change of what an engine's cache holds.
package struct KVEvent: Sendable, Equatable {
    package enum Change: Sendable, Equatable {
        case stored(KVStoredBlocks)
        /// One copy of each; of a block that was stored twice there is still another.
        case removed([KVBlockHash], from: KVBlockPlace)
        /// Nothing is held any more.
        case cleared
    }

    /// The engine's number of it; 0 in snapshots.
    package var id: UInt64
    package var change: Change

    package init(id: UInt64, change: Change) {
        self.id = id
        self.change = change
    }
}

/// Blocks that follow each other.
package struct KVStoredBlocks: Sendable, Equatable {
    package struct Block: Sendable, Equatable {
        package var hash: KVBlockHash
        package var tokens: [TokenID]
        /// How many tokens a block has; the engine may leave the tokens out.
        package var size: Int

        package init(hash: KVBlockHash, tokens: [TokenID], size: Int) {
            self.hash = hash
            self.tokens = tokens
            self.size = size
        }
    }

    package var blocks: [Block]
    /// The block before the first; nil if a sequence begins here.
    package var parent: KVBlockHash?
    package var place = KVBlockPlace()
    /// The kind of attention of the group, in the engine's words, and its window.
    package var attention: String?
    package var slidingWindow: Int?
    /// What the hashes depend on beside the tokens.
    package var lora: String?
    package var salt: String?

    package init(blocks: [Block], parent: KVBlockHash?) {
        self.blocks = blocks
        self.parent = parent
    }
}
